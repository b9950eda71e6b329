// Lines out of chunks that are cut anywhere.
import { expect, test } from 'vitest';
import { LineSplitter, maxLineLength } from './line-splitter.ts';

function split(chunks: readonly (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

const euro = Buffer.from('5 €\n');

const cases = [
  { name: 'lines in one chunk', chunks: ['a\nb\n'], lines: ['a', 'b'] },
  { name: 'a line over several chunks', chunks: ['a', 'b', 'c\nd'], lines: ['abc', 'd'] },
  { name: 'a character that is cut between chunks', chunks: [euro.subarray(0, 3), euro.subarray(3)], lines: ['5 €'] },
  { name: 'Windows line ends', chunks: ['a\r\nb\r\n'], lines: ['a', 'b'] },
  { name: 'empty lines', chunks: ['a\n\nb'], lines: ['a', '', 'b'] },
  { name: 'nothing', chunks: [''], lines: [] },
];

test.each(cases)('splits $name', ({ chunks, lines }) => {
  expect(split(chunks)).toEqual(lines);
});

test('a line without end is cut, so that memory stays bounded', () => {
  const lines = split(['x'.repeat(maxLineLength), 'y'.repeat(maxLineLength), 'z\n']);
  expect(lines.every((line) => line.length <= maxLineLength)).toBe(true);
  expect(lines.join('')).toBe(`${'x'.repeat(maxLineLength)}${'y'.repeat(maxLineLength)}z`);
});
