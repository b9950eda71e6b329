// Times, steps and numbers of requests, in all the forms that Grafana and people use.
import { describe, expect, it } from 'vitest';
import { readBounds, readDurationMs, readInt64, readStepNs, readUint32 } from './params.ts';

const nowMs = 1_700_000_000_000;
const second = 1_000_000_000n;
const query = (text: string) => new URLSearchParams(text);

describe('bounds', () => {
  it.each([
    ['', 1_699_996_400n * second, 1_700_000_000n * second],
    ['start=10&end=20', 10n * second, 20n * second],
    ['start=1.5&end=2.25', 1_500_000_000n, 2_250_000_000n],
    ['start=1700000000000000000&end=1700000001000000000', 1_700_000_000n * second, 1_700_000_001n * second],
    ['start=2023-11-14T22:13:20Z&end=1700000001', 1_700_000_000n * second, 1_700_000_001n * second],
    ['since=1m', 1_699_999_940n * second, 1_700_000_000n * second],
    ['end=1600000000&since=10s', 1_599_999_990n * second, 1_600_000_000n * second],
  ])('of %j', (text, startNs, endNs) => {
    expect(readBounds(query(text), nowMs)).toEqual({ startNs, endNs });
  });

  it.each(['start=x', 'end=2023-11-14', 'since=1x'])('%s is refused', (text) => {
    expect(() => readBounds(query(text), nowMs)).toThrow(/could not parse '\w+' parameter/);
  });
});

describe('numbers', () => {
  it.each([
    ['step=15', 15n * second],
    ['step=0.5', 500_000_000n],
    ['step=1m', 60n * second],
    ['step=250ms', 250_000_000n],
    ['', undefined],
  ])('of %j are steps', (text, expected) => {
    expect(readStepNs(query(text))).toBe(expected);
  });

  it('are 32 bits where Tempo has 32 bits', () => {
    expect(readUint32(query('limit=4294967295'), 'limit')).toBe(4_294_967_295);
    expect(() => readUint32(query('limit=4294967296'), 'limit')).toThrow('value out of range');
    expect(() => readUint32(query('limit=-1'), 'limit')).toThrow('invalid syntax');
  });

  it('may have a sign where Tempo has 64 bits', () => {
    expect(readInt64(query('start=-5'), 'start')).toBe(-5n);
  });

  it.each([
    ['1500us', 1],
    ['1.5s', 1500],
    ['1h', 3_600_000],
  ])('duration %s is %d milliseconds', (text, ms) => {
    expect(readDurationMs(query(`minDuration=${text}`), 'minDuration')).toBe(ms);
  });
});
