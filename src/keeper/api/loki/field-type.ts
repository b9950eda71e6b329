// What a field's text looks like: a number, a boolean, a duration, a size, or just text.
import { parseBytesSize } from '../../../logql/bytes-size.ts';
import { readNumber } from '../../../logql/read-number.ts';
import { parseGoDuration } from '../../../std/go-duration.ts';

export type FieldType = 'int' | 'float' | 'boolean' | 'duration' | 'bytes' | 'string';

const tests: readonly (readonly [type: FieldType, fits: (text: string) => boolean])[] = [
  ['int', (text) => /^[+-]?[0-9]{1,19}$/.test(text)],
  ['float', (text) => succeeds(() => readNumber(text))],
  ['boolean', (text) => /^(?:t|T|true|TRUE|True|f|F|false|FALSE|False)$/.test(text)],
  ['duration', (text) => succeeds(() => parseGoDuration(text))],
  ['bytes', (text) => parseBytesSize(text) !== undefined],
];

/** The narrowest type that fits. */
export function detectFieldType(text: string): FieldType {
  return tests.find(([, fits]) => fits(text))?.[0] ?? 'string';
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
