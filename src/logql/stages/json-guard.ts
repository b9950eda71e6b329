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
  readonly test: (text: string) => boolean;
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
  return [{ name, key: Buffer.from(name), test: compileLabelTest(filter), final }];
}

class FieldGuard implements JsonGuard {
  readonly #checks: readonly Check[];
  readonly #cursor = new JsonCursor();

  constructor(checks: readonly Check[]) {
    this.#checks = checks;
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
      const check = failed ? undefined : this.#find();
      if (check === undefined || row.labels.mayHave(check.name) || !this.#fails(check)) continue;
      if (check.final) return false;
      failed = true;
    }
  }

  #find(): Check | undefined {
    for (const check of this.#checks) if (this.#cursor.keyIs(check.key)) return check;
    return undefined;
  }

  #fails({ test }: Check): boolean {
    const { type, escaped } = this.#cursor;
    if (type === 'null' || type === 'object' || type === 'array' || (type === 'string' && escaped)) return false;
    return !test(this.#cursor.valueText());
  }
}
