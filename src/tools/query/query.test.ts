// The parts that the question tools share: windows, steps, cursors, commands, what fits an agent.
import { describe, expect, it } from 'vitest';
import type { ToolContext } from '../tool.ts';
import { writeCommand } from './command.ts';
import { makeCursor, readCursor } from './cursor.ts';
import { fitRows, fitText } from './fit.ts';
import { chooseStepSeconds, drawSparkline, readStepSeconds, summariseSeries } from './series.ts';
import { readWindow } from './window.ts';

const nowMs = Date.parse('2026-01-01T12:00:00Z');
const agent = { caller: 'mcp' } as ToolContext; // only the caller is looked at
const person = { caller: 'cli' } as ToolContext;

describe('a window', () => {
  it.each([
    { name: 'an hour by default', given: {}, from: '11:00:00', to: '12:00:00' },
    { name: 'back from now', given: { since: '15m' }, from: '11:45:00', to: '12:00:00' },
    { name: 'back from an end', given: { since: '15m', to: '2026-01-01T11:00:00Z' }, from: '10:45:00', to: '11:00:00' },
    {
      name: 'between two times',
      given: { from: '2026-01-01T10:00:00Z', to: '2026-01-01T11:00:00+00:00' },
      from: '10:00:00',
      to: '11:00:00',
    },
    { name: 'between two ages', given: { from: '2h', to: '1h30m' }, from: '10:00:00', to: '10:30:00' },
    { name: 'from seconds since 1970', given: { from: '1767261600' }, from: '10:00:00', to: '12:00:00' },
    {
      name: 'from milliseconds since 1970',
      given: { from: '1767261600000', to: 'now' },
      from: '10:00:00',
      to: '12:00:00',
    },
  ])('is $name', ({ given, from, to }) => {
    const window = readWindow(given, nowMs);
    const clock = (ms: number) => new Date(ms).toISOString().slice(11, 19);
    expect([clock(window.startMs), clock(window.endMs)]).toEqual([from, to]);
  });

  it.each([
    { given: { since: 'yesterday' }, code: 'OBS_BAD_TIME' },
    { given: { since: '15' }, code: 'OBS_BAD_TIME' },
    { given: { from: '2026-13-01T00:00:00Z' }, code: 'OBS_BAD_TIME' },
    { given: { from: '1h', to: '2h' }, code: 'OBS_EMPTY_WINDOW' },
  ])('is refused: $given', ({ given, code }) => {
    expect(() => readWindow(given, nowMs)).toThrow(expect.objectContaining({ code, exit: 2 }));
  });
});

describe('a step', () => {
  it.each([
    ['15s', 15],
    ['1m30s', 90],
    ['0.5', 0.5],
  ])('%s is %d seconds', (text, seconds) => {
    expect(readStepSeconds(text)).toBe(seconds);
  });

  it.each([
    { minutes: 1, seconds: 1 },
    { minutes: 15, seconds: 15 },
    { minutes: 60, seconds: 60 },
    { minutes: 24 * 60, seconds: 1800 },
  ])('gives about 60 points over $minutes minutes', ({ minutes, seconds }) => {
    expect(chooseStepSeconds({ startMs: 0, endMs: minutes * 60_000 })).toBe(seconds);
  });
});

describe('a cursor', () => {
  it('gives back where to go on', () => {
    expect(readCursor('{a="b"}', makeCursor('{a="b"}', [1767261600000000001n, 3]), 2)).toEqual([
      1767261600000000001n,
      3n,
    ]);
  });

  it.each([
    { name: 'of another query', cursor: makeCursor('{a="c"}', [1, 2]) },
    { name: 'that lost a part', cursor: makeCursor('{a="b"}', [1]) },
    { name: 'that was made up', cursor: 'abc' },
  ])('$name is refused', ({ cursor }) => {
    expect(() => readCursor('{a="b"}', cursor, 2)).toThrow(expect.objectContaining({ code: 'OBS_BAD_CURSOR' }));
  });
});

describe('a command', () => {
  it('can be pasted into a shell', () => {
    expect(writeCommand('logs', ['{a="b"} |= `it\'s`'], { since: '15m', limit: 5, stack: undefined })).toBe(
      `obs logs '{a="b"} |= \`it'\\''s\`' --since 15m --limit 5`,
    );
  });
});

describe('an answer to an agent', () => {
  it('holds as many rows as fit, and at least one', () => {
    const rows = Array.from({ length: 1000 }, (_, at) => ({ at, text: 'x'.repeat(100) }));
    const shown = fitRows(agent, rows);
    expect(Buffer.byteLength(JSON.stringify(shown)) / 3.5).toBeLessThanOrEqual(3_700);
    expect(shown.length).toBeGreaterThan(50);
    expect(fitRows(agent, [{ text: 'x'.repeat(100_000) }])).toHaveLength(1);
    expect(fitRows(person, rows)).toHaveLength(1000);
  });

  it('cuts long texts without splitting a character', () => {
    expect(fitText(agent, 'ab💥💥', 3)).toBe('ab… (4 more characters)');
    expect(fitText(person, 'ab💥💥', 3)).toBe('ab💥💥');
  });
});

describe('a series', () => {
  it('is summed up with its shape', () => {
    const points = [1, 3, Number.NaN, 2].map((value, at) => ({ atMs: at * 1000, value }));
    expect(summariseSeries({ labels: { __name__: 'x', b: '2', a: '1' }, points }, 'summary')).toEqual({
      series: 'x{a="1", b="2"}',
      points: null,
      summary: { count: 4, first: '1', last: '2', min: '1', max: '3', avg: '2', lastAt: '1970-01-01T00:00:03.000Z' },
      sparkline: '▁█ ▅',
    });
  });

  it('of thousands of points has a shape of 40 marks', () => {
    expect(drawSparkline(Array.from({ length: 5000 }, (_, at) => at))).toHaveLength(40);
  });
});
