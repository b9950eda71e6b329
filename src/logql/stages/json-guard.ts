// Looks at the fields that the filters behind `| json` will ask for, before anything is parsed: most lines of a narrow
// query are dropped here at the price of one pass over their bytes. It only ever drops what the filters would drop.
import type { LabelFilter, StageExpr } from '../ast.ts';
import { JsonCursor } from './json-cursor.ts';
import { compileLabelTest } from './label-filter.ts';
import type { ParserHints } from './parser-hints.ts';
import type { Row } from './row.ts';

interface Check {
  readonly name: string;
  readonly key: Uint8Array;
  readonly test: (text: string) => boolean | undefined;
  /** Does it compare a number, duration or size? */
  readonly amount: boolean;
  /** May a failure drop the line although the rest of it could be malformed? */
  readonly final: boolean;
}

export interface JsonGuard {
  /** False: the line cannot pass the filters. */
  passes(row: Row): boolean;
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
  return [{ name, key: Buffer.from(name), test: compileLabelTest(filter), amount: filter.kind !== 'string', final }];
}

class FieldGuard implements JsonGuard {
  readonly #checks: readonly Check[];
  readonly #severalAmounts: boolean;
  readonly #cursor = new JsonCursor();

  constructor(checks: readonly Check[]) {
    this.#checks = checks;
    this.#severalAmounts = checks.filter(({ amount }) => amount).length > 1;
  }

  passes(row: Row): boolean {
    if (row.labels.error !== '') return true;
    const { buffer, start, end } = row.bytes;
    const cursor = this.#cursor;
    if (!cursor.enter(buffer, start, end)) return true;
    let failed = false;
    for (;;) {
      const state = cursor.next();
      if (state === 'unusual') return true;
      if (state === 'end') return !failed;
      // An error of one filter on amounts lets the line through the others, so each must be seen, whatever it is called.
      if (this.#severalAmounts && (cursor.type === 'object' || !cursor.keyIsPlain())) return true;
      const check = this.#find();
      if (check === undefined || row.labels.mayHave(check.name) || !this.#isLabel()) continue;
      const passed = cursor.escaped && cursor.type === 'string' ? undefined : check.test(cursor.valueText());
      if (passed === undefined) return true;
      if (!passed && check.final) return false;
      failed ||= !passed;
    }
  }

  #find(): Check | undefined {
    for (const check of this.#checks) if (this.#cursor.keyIs(check.key)) return check;
    return undefined;
  }

  #isLabel(): boolean {
    const { type } = this.#cursor;
    return type === 'number' || type === 'boolean' || type === 'string';
  }
}
