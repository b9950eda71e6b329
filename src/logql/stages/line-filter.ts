// Line filters: |= != |~ !~ |> !> and their alternatives behind `or`. A negative filter with alternatives wants none of them.
import { compileRe2, Re2SyntaxError } from '../../std/re2.ts';
import type { LineFilterStage, LineFilterTerm, LineFilterType } from '../ast.ts';
import { printStage } from '../print.ts';
import { compileIpPattern, containsIp } from './ip-finder.ts';
import { compilePattern } from './pattern-expression.ts';
import type { Row } from './row.ts';
import { type Stage, StageRefusal } from './stage.ts';

type Test = (row: Row) => boolean;

const testOf: Readonly<Record<'text' | 'regexp' | 'pattern', (text: string) => Test>> = {
  text: (text) => {
    const needle = Buffer.from(text, 'utf8');
    return (row) => row.includes(needle);
  },
  regexp: (text) => {
    const re = compileRe2(text);
    return (row) => re.test(row.text);
  },
  pattern: (text) => {
    const expression = compilePattern(text).requireNoNames();
    return (row) => expression.matches(row.text);
  },
};

const kindOf: Readonly<Record<LineFilterType, 'text' | 'regexp' | 'pattern'>> = {
  '|=': 'text',
  '!=': 'text',
  '|~': 'regexp',
  '!~': 'regexp',
  '|>': 'pattern',
  '!>': 'pattern',
};

/** Compiles a line filter. @throws StageRefusal */
export function compileLineFilter(stage: LineFilterStage): Stage {
  const tests = stage.terms.map((term) => compileTerm(stage, term));
  const [only] = tests;
  const wanted = stage.type.startsWith('|');
  if (only !== undefined && tests.length === 1) return { process: (row) => only(row) === wanted };
  return { process: (row) => tests.some((test) => test(row)) === wanted };
}

function compileTerm(stage: LineFilterStage, term: LineFilterTerm): Test {
  try {
    if (!term.ip) return testOf[kindOf[stage.type]](term.text);
    const range = compileIpPattern(term.text);
    if (kindOf[stage.type] !== 'text') throw new StageRefusal(stage, 'ip: invalid operation');
    return (row) => containsIp(range, row.text);
  } catch (error) {
    if (!(error instanceof StageRefusal) && !(error instanceof Re2SyntaxError)) throw error;
    throw new StageRefusal(stage, `stage '${printStage(stage)}' : ${error.message}`, error.message);
  }
}
