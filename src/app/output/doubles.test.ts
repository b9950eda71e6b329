// Which printed lines an app has sent, too.
import { expect, test } from 'vitest';
import { Doubles } from './doubles.ts';

const lines: { name: string; sent: string; printed: string; isDouble: boolean }[] = [
  { name: 'the very text', sent: 'paid', printed: 'paid', isDouble: true },
  {
    name: 'time, level and name before it',
    sent: 'order 7 was paid',
    printed: '2026-01-01 10:00:00 INFO [main] shop.Orders - order 7 was paid',
    isDouble: true,
  },
  {
    name: 'level and name as Python writes them',
    sent: 'it was paid',
    printed: 'INFO:shop:it was paid',
    isDouble: true,
  },
  { name: 'a message in JSON', sent: 'said "hi"', printed: '{"level":30,"msg":"said \\"hi\\""}', isDouble: true },
  {
    name: 'a message in logfmt, as Go’s slog writes it',
    sent: 'said "hi" to 7',
    printed: 'time=2026-01-01T10:00:00.000Z level=INFO msg="said \\"hi\\" to 7" order=7',
    isDouble: true,
  },
  {
    name: 'attributes in JSON behind it',
    sent: 'it was paid',
    printed: 'info: it was paid {"order":7}',
    isDouble: true,
  },
  { name: 'a message of one word in logfmt', sent: 'paid', printed: 'level=info msg=paid order=7', isDouble: true },
  {
    name: 'attributes behind it, as Rust’s tracing writes them',
    sent: 'order was paid',
    printed: '2026-01-01T10:00:00Z  INFO shop::orders: order was paid order=7 by="a card"',
    isDouble: true,
  },
  {
    name: 'the head of a stack trace',
    sent: 'Error: boom of 7',
    printed: 'Error: boom of 7\n    at f (a.js:1:1)',
    isDouble: true,
  },
  { name: 'a short text within another line', sent: 'ok', printed: 'the end is ok', isDouble: false },
  { name: 'the beginning of another line', sent: 'order 7', printed: 'order 7 was paid', isDouble: false },
  { name: 'nothing', sent: ' ', printed: '', isDouble: false },
];

test.each(lines)('$name: $isDouble', ({ sent, printed, isDouble }) => {
  const doubles = new Doubles();
  doubles.add(sent);
  expect(doubles.take(printed)).toBe(isDouble);
});

test('each text that was sent stands for one line', () => {
  const doubles = new Doubles();
  doubles.add('tick');
  doubles.add('tick');
  expect(['tick', 'tick', 'tick'].map((line) => doubles.take(line))).toEqual([true, true, false]);
});
