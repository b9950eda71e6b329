// Fields of a line whose format nobody named: JSON if it is, else logfmt.
import { eachField, JsonError, readString } from '../../../logql/stages/json-scanner.ts';
import { LogfmtScanner } from '../../../logql/stages/logfmt-scanner.ts';
import { sanitizeLabelName } from '../../../logql/stages/sanitize.ts';
import type { Labels } from '../../../logql/values.ts';

export interface FoundField {
  readonly value: string;
  readonly jsonPath?: readonly string[];
}

export interface ParsedFields {
  readonly parser: 'json' | 'logfmt';
  /** By label name, as `| json` or `| logfmt` would name it. */
  readonly found: ReadonlyMap<string, FoundField>;
}

/** Parses a line; a name that the stream has is found as `name_extracted`. */
export function parseFields(line: string, stream: Labels): ParsedFields {
  const rename = (name: string) => (stream.some((label) => label[0] === name) ? `${name}_extracted` : name);
  const json = parseJson(line, rename);
  return json ? { parser: 'json', found: json } : { parser: 'logfmt', found: parseLogfmt(line, rename) };
}

function parseJson(line: string, rename: (name: string) => string): Map<string, FoundField> | undefined {
  const found = new Map<string, FoundField>();
  const buffer = Buffer.from(line);
  const walk = (start: number, end: number, path: readonly string[]) => {
    eachField({ buffer, start, end }, (field) => {
      const jsonPath = [...path, field.key];
      if (field.type === 'object') walk(field.start, field.end, jsonPath);
      else if (field.type !== 'array' && field.type !== 'null') {
        const name = jsonPath.map((key, index) => sanitizeLabelName(key, index === 0)).join('_');
        const value =
          field.type === 'string'
            ? readString(buffer, field.start, field.end)
            : buffer.toString('utf8', field.start, field.end);
        if (name !== '') found.set(rename(name), { value, jsonPath });
      }
      return true;
    });
  };
  try {
    walk(0, buffer.length, []);
    return found;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function parseLogfmt(line: string, rename: (name: string) => string): Map<string, FoundField> {
  const found = new Map<string, FoundField>();
  const scanner = new LogfmtScanner(line);
  while (!scanner.done) {
    const pair = scanner.next();
    const name = pair === undefined ? '' : sanitizeLabelName(pair.key, true);
    if (pair && name !== '' && pair.value !== '') found.set(rename(name), { value: pair.value });
  }
  return found;
}
