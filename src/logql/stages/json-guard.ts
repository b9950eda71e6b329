// Looks at the fields that the filters behind `| json` will ask for, before anything is parsed: most lines of a narrow
// query are dropped here at the price of one pass over their bytes. It only ever drops what the filters would drop.
import type { LabelFilter, StageExpr } from '../ast.ts';
import { readPlainNumber } from '../read-number.ts';
import type { Labels } from '../values.ts';
import { JsonCursor } from './json-cursor.ts';
import { compileLabelTest, compileNumberTest } from './label-filter.ts';
import type { MetadataReader } from './labels-builder.ts';
import type { ParserHints } from './parser-hints.ts';
import type { Row } from './row.ts';
import { sanitizeLabelName } from './sanitize.ts';

interface Check {
  readonly name: string;
  /** One bit, by which lines remember what they have seen. */
  readonly mark: number;
  readonly key: Uint8Array;
  readonly test: (text: string) => boolean | undefined;
  /** The same for a number that is known already; only of filters on plain numbers. */
  readonly testNumber: ((number: number) => boolean) | undefined;
  /** Does it compare a number, duration or size? */
  readonly amount: boolean;
  /** May a failure drop the line although the rest of it could be malformed? */
  readonly final: boolean;
}

export interface JsonGuard {
  /** False: the line cannot pass the filters. */
  passes(row: Row): boolean;
  /** The same for a line as it came, of a block that was begun. */
  passesLine(buffer: Buffer, start: number, end: number): boolean;
  /** Begins to look at entries of another block. */
  startBlock(stream: Labels, block: MetadataReader): void;
}

/** A guard for the filters that directly follow a json stage; undefined if there is none it could speak for. */
export function makeJsonGuard(following: readonly StageExpr[], hints: ParserHints): JsonGuard | undefined {
  const checks: Check[] = [];
  for (const stage of following) {
    if (stage.kind !== 'label_filter') break;
    checks.push(...checksOf(stage.filter, hints));
  }
  return checks.length === 0 ? undefined : new FieldGuard(checks);
}

// Both sides of an `and` must hold, so each alone may drop the line.
function checksOf(filter: LabelFilter, hints: ParserHints): Check[] {
  if (filter.kind === 'and') return [...checksOf(filter.left, hints), ...checksOf(filter.right, hints)];
  if (filter.kind === 'or' || filter.kind === 'ip') return [];
  const name = filter.kind === 'string' ? filter.matcher.name : filter.name;
  if (name.startsWith('__error')) return [];
  // An error of the parser lets a line through a filter on amounts, but not through one on text.
  const final = filter.kind === 'string' || hints.asksFilter(name);
  return [
    {
      name,
      mark: 0,
      key: Buffer.from(name),
      test: compileLabelTest(filter),
      testNumber: filter.kind === 'number' ? compileNumberTest(filter) : undefined,
      amount: filter.kind !== 'string',
      final,
    },
  ];
}

/** What the key at a place of the lines is to the filters; lines of one program have the same keys in the same order. */
interface Slot {
  readonly key: Buffer;
  readonly check: Check | undefined;
  readonly plain: boolean;
  /** Does the field, once its name is cleaned, take the name of a check, whose own field then stays unread? */
  readonly rivals: boolean;
  /** Could what is inside it, if it is an object? */
  readonly rivalsInside: boolean;
}

const maxSlots = 64;

class FieldGuard implements JsonGuard {
  readonly #checks: readonly Check[];
  readonly #severalAmounts: boolean;
  readonly #cursor = new JsonCursor();
  readonly #slots: Slot[] = [];
  // Which checks the block in hand leaves to the parser, since its entries may have labels of those names already.
  #block: MetadataReader | undefined;
  #stream: Labels | undefined;
  readonly #taken = new Set<Check>();

  constructor(checks: readonly Check[]) {
    // Several filters on one label see the same field.
    const names = [...new Set(checks.map(({ name }) => name))];
    this.#checks = checks.map((check) => ({ ...check, mark: 1 << names.indexOf(check.name) }));
    this.#severalAmounts = checks.filter(({ amount }) => amount).length > 1;
  }

  passes(row: Row): boolean {
    const { labels } = row;
    // What earlier stages made or said may outweigh the fields.
    if (!labels.untouched) return true;
    if (labels.reader !== this.#block || labels.stream !== this.#stream) this.startBlock(labels.stream, labels.reader);
    const { buffer } = row;
    return this.passesLine(buffer, row.start, row.end);
  }

  passesLine(buffer: Buffer, start: number, end: number): boolean {
    const cursor = this.#cursor;
    if (!cursor.enter(buffer, start, end)) return true;
    let failed = false;
    let seen = 0;
    for (let place = 0; ; place++) {
      const known = this.#slots[place];
      const state = cursor.next(known?.key);
      if (state === 'unusual') return true;
      if (state === 'end') return !failed;
      const { check, plain, rivals, rivalsInside } =
        known !== undefined && cursor.guessed ? known : this.#makeSlot(place, buffer);
      if (rivals || (rivalsInside && cursor.type === 'object')) return true;
      // An error of one filter on amounts lets the line through the others, so each must be seen, whatever it is called.
      if (this.#severalAmounts && (!plain || cursor.type === 'object')) return true;
      if (check === undefined || this.#taken.has(check) || !this.#isLabel()) continue;
      // Of several fields of a name the first is the label.
      if ((seen & check.mark) !== 0) continue;
      seen |= check.mark;
      const passed = this.#test(check, buffer);
      if (passed === undefined) return true;
      if (!passed && check.final) return false;
      failed ||= !passed;
    }
  }

  #test(check: Check, buffer: Buffer): boolean | undefined {
    const cursor = this.#cursor;
    if (check.testNumber !== undefined) {
      const number = readPlainNumber(buffer, cursor.valueStart, cursor.valueEnd);
      if (!Number.isNaN(number)) return check.testNumber(number);
    }
    return cursor.escaped && cursor.type === 'string' ? undefined : check.test(cursor.valueText());
  }

  startBlock(stream: Labels, block: MetadataReader): void {
    this.#block = block;
    this.#stream = stream;
    this.#taken.clear();
    for (const check of this.#checks)
      if (block.mayHaveMetadata(check.name) || stream.some(([name]) => name === check.name)) this.#taken.add(check);
  }

  #makeSlot(place: number, buffer: Buffer): Slot {
    const cursor = this.#cursor;
    const name = sanitizeLabelName(buffer.toString('utf8', cursor.keyStart, cursor.keyEnd), true);
    const slot = {
      rivals: this.#checks.some((check) => check.name === name && !cursor.keyIs(check.key)),
      rivalsInside: this.#checks.some((check) => check.name.startsWith(`${name}_`)),
      key: Buffer.from(buffer.subarray(cursor.keyStart, cursor.keyEnd)),
      check: this.#checks.find(({ key }) => cursor.keyIs(key)),
      plain: cursor.keyIsPlain(),
    };
    if (place < maxSlots) this.#slots[place] = slot;
    return slot;
  }

  #isLabel(): boolean {
    const { type } = this.#cursor;
    return type === 'number' || type === 'boolean' || type === 'string';
  }
}
