// Text from outside, made safe for a terminal and for a model: no escape sequences, no control characters, no characters
// that change the order of what stands around them.
import { stripVTControlCharacters } from 'node:util';

/** Keeps tabs and line ends; everything else below U+0020, C1 controls and bidirectional overrides go. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}

/** The same, on one line: line ends and tabs become blanks. */
export function cleanLine(text: string): string {
  return cleanText(text)
    .replace(/\s*\n\s*/g, ' ⏎ ')
    .replaceAll('\t', ' ');
}

/** The same, with further lines indented below the first. */
export function cleanBlock(text: string, indent: string): string {
  return cleanText(text).replace(/\n+$/, '').replaceAll('\n', `\n${indent}`);
}

/** Cuts a text to a width, with an ellipsis in the last column; characters count, not bytes. */
export function cutToWidth(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
