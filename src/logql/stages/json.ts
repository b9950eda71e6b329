// `| json`: every field of the line's object becomes a label; nested objects join their keys with underscores, arrays and
// nulls are left out.
import { JsonCursor } from './json-cursor.ts';
import { eachField, JsonError, type JsonField, type JsonType, readString } from './json-scanner.ts';
import type { Row } from './row.ts';
import { sanitizeLabelName } from './sanitize.ts';
import type { Stage } from './stage.ts';

/** Compiles `| json` without expressions. */
export function compileJson(): Stage {
  return new JsonParser();
}

/** A key as it was met at its place in the line; lines of one program have the same keys in the same order. */
interface Slot {
  readonly key: Buffer;
  readonly name: string;
  /** Can a value here become a label that is needed, by itself or (an object) through its fields? */
  readonly wanted: boolean;
  readonly wantedInside: boolean;
}

const maxSlots = 64;
const maxNames = 4096;

class JsonParser implements Stage {
  // Field names repeat from line to line; cleaning each once is enough. Bounded, since lines are hostile input.
  readonly #names = new Map<string, string>();
  readonly #slots: (Slot | undefined)[] = [];
  readonly #cursor = new JsonCursor();

  process(row: Row): boolean {
    const { labels } = row;
    if (labels.hints.nothingNeeded) return true;
    try {
      return this.#walkFast(row);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      labels.setParserError('JSONParserErr', error.message);
      return true;
    }
  }

  // The slow walk begins anew and sets the same labels again, so it may take over anywhere.
  #walkFast(row: Row): boolean {
    const { buffer, start, end } = row.bytes;
    const cursor = this.#cursor;
    if (!cursor.enter(buffer, start, end)) return this.#walkSlow(row);
    for (let place = 0; ; place++) {
      const state = cursor.next();
      if (state === 'end') return true;
      if (state === 'unusual') return this.#walkSlow(row);
      const { type, valueStart, valueEnd } = cursor;
      if (type === 'array' || type === 'null') continue;
      const { name, wanted, wantedInside } = this.#slotAt(place, row);
      if (type === 'object' ? !wantedInside : !wanted) continue;
      if (!this.#take(row, { name, type, start: valueStart, end: valueEnd, prefix: '' })) return false;
    }
  }

  #slotAt(place: number, { bytes, labels: { hints } }: Row): Slot {
    const { keyStart, keyEnd } = this.#cursor;
    const known = this.#slots[place];
    if (known && this.#cursor.keyIs(known.key)) return known;
    const key = Buffer.from(bytes.buffer.subarray(keyStart, keyEnd));
    const name = this.#nameOf(key.toString('utf8'), true);
    const slot = { key, name, wanted: hints.mayExtract(name), wantedInside: hints.shouldExtractPrefix(`${name}_`) };
    if (place < maxSlots) this.#slots[place] = slot;
    return slot;
  }

  #walkSlow(row: Row): boolean {
    let passed = true;
    eachField(row.bytes, (field) => {
      passed = this.#visit(row, field, '');
      return passed;
    });
    return passed;
  }

  #visit(row: Row, field: JsonField, prefix: string): boolean {
    const { type, start, end } = field;
    if (type === 'array' || type === 'null') return true;
    return this.#take(row, { name: prefix + this.#nameOf(field.key, prefix === ''), type, start, end, prefix });
  }

  // False: a filter has dropped the line.
  #take(row: Row, of: { name: string; type: JsonType; start: number; end: number; prefix: string }): boolean {
    const { name, type, start, end } = of;
    const { labels, bytes } = row;
    if (type === 'object') {
      const inner = `${name}_`;
      if (!labels.hints.shouldExtractPrefix(inner)) return true;
      let passed = true;
      eachField({ buffer: bytes.buffer, start, end }, (nested) => {
        passed = this.#visit(row, nested, inner);
        return passed;
      });
      return passed;
    }
    if (name === '' || !labels.hints.mayExtract(name)) return true;
    const stored = labels.extractedName(name);
    if (!labels.hints.shouldExtract(stored) || labels.isMade(stored)) return true;
    const { buffer } = bytes;
    labels.setExtracted(
      stored,
      type === 'string' ? readString(buffer, start, end) : buffer.toString('latin1', start, end),
    );
    return labels.hints.passesFilter(stored, labels);
  }

  #nameOf(key: string, first: boolean): string {
    const cacheKey = first ? key : `\u0000${key}`;
    let name = this.#names.get(cacheKey);
    if (name === undefined) {
      name = sanitizeLabelName(key, first);
      if (this.#names.size < maxNames) this.#names.set(cacheKey, name);
    }
    return name;
  }
}
