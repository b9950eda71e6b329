// Times in Go's layouts, both ways.
import { describe, expect, it } from 'vitest';
import { formatGoTime, parseGoTime } from './go-time.ts';

// 2024-06-07T08:09:10.123456789Z, a Friday
const ns = 1_717_747_750_123_456_789n;

describe('printing a time', () => {
  it.each([
    ['2006-01-02T15:04:05Z07:00', '2024-06-07T08:09:10Z'],
    ['2006-01-02 15:04:05.000', '2024-06-07 08:09:10.123'],
    ['2006-01-02 15:04:05.999999999', '2024-06-07 08:09:10.123456789'],
    ['Mon Jan _2 15:04:05 2006', 'Fri Jun  7 08:09:10 2024'],
    ['Monday, 02-Jan-06 03:04PM MST', 'Friday, 07-Jun-24 08:09AM UTC'],
    ['1/2/06 3:4:5', '6/7/24 8:9:10'],
    ['002', '159'],
  ])('in %s gives %s', (layout, text) => expect(formatGoTime(ns, layout)).toBe(text));

  it('shows it in another zone', () => {
    expect(formatGoTime(ns, '15:04 -0700 Z07:00', 'Europe/Berlin')).toBe('10:09 +0200 +02:00');
  });
});

describe('reading a time', () => {
  it.each([
    ['2006-01-02T15:04:05Z07:00', '2024-06-07T08:09:10Z', 1_717_747_750_000_000_000n],
    ['2006-01-02T15:04:05Z07:00', '2024-06-07T10:09:10+02:00', 1_717_747_750_000_000_000n],
    ['2006-01-02 15:04:05', '2024-06-07 08:09:10.123456789', ns],
    ['02 Jan 06 3:04 PM', '07 Jun 24 8:09 AM', 1_717_747_740_000_000_000n],
    ['2006-01-02', '2024-06-07', 1_717_718_400_000_000_000n],
  ])('%s of %s', (layout, text, expected) => expect(parseGoTime(layout, text)).toBe(expected));

  it('counts a text without a zone in the zone given, summer time included', () => {
    expect(parseGoTime('2006-01-02 15:04', '2024-03-31 12:00', 'Europe/Berlin')).toBe(1_711_879_200_000_000_000n);
  });

  it.each([
    ['2006-01-02', '2024-13-01'],
    ['2006-01-02', '2024-02-30'],
    ['2006-01-02', 'yesterday'],
  ])('%s refuses %s', (layout, text) => expect(parseGoTime(layout, text)).toBeUndefined());
});
