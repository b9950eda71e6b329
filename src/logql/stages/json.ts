// `| json`: every field of the line's object becomes a label; nested objects join their keys with underscores, arrays and
// nulls are left out.
import { eachField, JsonError, type JsonField, readString } from './json-scanner.ts';
import type { Row } from './row.ts';
import { sanitizeLabelName } from './sanitize.ts';
import type { Stage } from './stage.ts';

/** Compiles `| json` without expressions. */
export function compileJson(): Stage {
  return new JsonParser();
}

class JsonParser implements Stage {
  // Field names repeat from line to line; cleaning each once is enough. Bounded, since lines are hostile input.
  readonly #names = new Map<string, string>();

  process(row: Row): boolean {
    const { labels } = row;
    if (labels.hints.nothingNeeded) return true;
    const walk = new Walk(row, (key, first) => this.#nameOf(key, first));
    try {
      const { buffer, start, end } = row.bytes;
      if (end > start) eachField({ buffer, start, end }, (field) => walk.visit(field, ''));
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      labels.setParserError('JSONParserErr', error.message);
    }
    return !walk.rejected;
  }

  #nameOf(key: string, first: boolean): string {
    const cacheKey = first ? key : `\u0000${key}`;
    let name = this.#names.get(cacheKey);
    if (name === undefined) {
      name = sanitizeLabelName(key, first);
      if (this.#names.size < 4096) this.#names.set(cacheKey, name);
    }
    return name;
  }
}

class Walk {
  rejected = false;
  readonly #row: Row;
  readonly #nameOf: (key: string, first: boolean) => string;

  constructor(row: Row, nameOf: (key: string, first: boolean) => string) {
    this.#row = row;
    this.#nameOf = nameOf;
  }

  /** False stops the walk of this object. */
  visit(field: JsonField, prefix: string): boolean {
    if (field.type === 'array' || field.type === 'null') return true;
    const name = prefix + this.#nameOf(field.key, prefix === '');
    const { labels, bytes } = this.#row;
    if (field.type === 'object') {
      const inner = `${name}_`;
      if (!labels.hints.shouldExtractPrefix(inner)) return true;
      eachField({ buffer: bytes.buffer, start: field.start, end: field.end }, (nested) => this.visit(nested, inner));
      return !this.rejected;
    }
    if (name === '') return true;
    const stored = labels.extractedName(name);
    if (!labels.hints.shouldExtract(stored)) return true;
    const { buffer } = bytes;
    const text = field.type === 'string' ? readString : latin1;
    labels.setExtracted(stored, text(buffer, field.start, field.end));
    if (!labels.hints.passesFilter(stored, labels)) this.rejected = true;
    return !this.rejected;
  }
}

function latin1(buffer: Buffer, start: number, end: number): string {
  return buffer.toString('latin1', start, end);
}
