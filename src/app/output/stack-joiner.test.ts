// Which lines belong to one stack trace.
import { describe, expect, test } from 'vitest';
import { StackJoiner } from './stack-joiner.ts';

function join(lines: readonly string[]): string[] {
  const records: string[] = [];
  const joiner = new StackJoiner((record) => records.push(record.text));
  for (const text of lines) joiner.push({ text, atMs: 0 });
  joiner.flush();
  return records;
}

const node = ['Error: boom', '    at f (/a.js:1:1)', '    at main (/a.js:2:2)'];
const java = ['java.lang.X: no', '\tat a.B.c(B.java:1)', 'Caused by: y.Z: why', '\tat d.E.f(E.java:2)', '\t... 3 more'];
const python = ['Traceback (most recent call last):', '  File "a.py", line 1, in f', '    f()', 'ValueError: no'];

describe('stack traces', () => {
  const traces = [
    { name: 'Node', lines: node },
    { name: 'Java with a cause', lines: java },
    { name: 'Python with its exception at the end', lines: python },
  ];
  test.each(traces)('of $name are one record', ({ lines }) => {
    expect(join(['before', ...lines, 'after'])).toEqual(['before', lines.join('\n'), 'after']);
  });

  test('that follow each other stay two records', () => {
    expect(join([...node, ...node])).toEqual([node.join('\n'), node.join('\n')]);
  });

  test('do not swallow lines that are only indented', () => {
    expect(join(['{', '  "a": 1', '}'])).toEqual(['{', '  "a": 1', '}']);
  });

  test('that never end are cut', () => {
    const records = join(['Error: x', ...Array.from({ length: 1200 }, (_, at) => `    at f${at} (a.js)`)]);
    expect(records.length).toBeGreaterThan(1);
    expect(records.join('\n').split('\n')).toHaveLength(1201);
  });
});
