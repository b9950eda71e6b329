// Regular expressions of label filters (`| level =~ "err.*"`). Loki replaces simple ones by plain text tests, and in doing so
// changes what some of them mean: `m.*` and alternatives with a common beginning then match anywhere in the value, not from
// end to end. People see its answers, so the same patterns are replaced here.
import { compileRe2 } from '../../std/re2.ts';

type Test = (value: string) => boolean;

interface Branch {
  readonly literal: string;
  /** Had it a `.*` at either end? */
  readonly open: boolean;
  /** Does it begin with its text, so that a common beginning can be taken out? */
  readonly plainStart: boolean;
}

/** Compiles the pattern of a label filter. @throws Re2SyntaxError */
export function compileLabelRegexp(pattern: string): Test {
  const re = compileRe2(`^(?:${pattern})$`);
  const special = specialPatterns[pattern];
  if (special) return special;
  const foldCase = pattern.startsWith('(?i)');
  const branches = (foldCase ? pattern.slice(4) : pattern).split('|').map(readBranch);
  if (!branches.every((branch) => branch !== undefined)) return (value) => re.test(value);
  const tests = simplify(branches, foldCase);
  return tests ? (value) => tests.some((test) => test(value)) : (value) => re.test(value);
}

const specialPatterns: Readonly<Record<string, Test>> = {
  '': () => true,
  '.*': () => true,
  '.+': (value) => value !== '',
};

// A branch is a text without signs, with `.*` before, behind or around it.
function readBranch(text: string): Branch | undefined {
  const found = /^(\.\*)?([^\\.+*?()|[\]{}^$]+)(\.\*)?$/.exec(text);
  if (found === null) return undefined;
  const [, before, literal = '', after] = found;
  return { literal, open: before !== undefined || after !== undefined, plainStart: before === undefined };
}

function simplify(branches: readonly Branch[], foldCase: boolean): Test[] | undefined {
  // Neighbouring single characters become a character class, which is not simplified.
  const single = (branch: Branch | undefined) =>
    branch !== undefined && !branch.open && [...branch.literal].length === 1;
  if (branches.some((branch, i) => single(branch) && single(branches[i + 1]))) return undefined;
  return branches.map((branch, i) => {
    const { literal, open } = branch;
    const shares = [branches[i - 1], branches[i + 1]].some((other) => other !== undefined && beginAlike(branch, other));
    const wanted = foldCase ? literal.toLowerCase() : literal;
    const fold = (value: string) => (foldCase ? value.toLowerCase() : value);
    return open || shares ? (value) => fold(value).includes(wanted) : (value) => fold(value) === wanted;
  });
}

function beginAlike(a: Branch, b: Branch): boolean {
  return a.plainStart && b.plainStart && a.literal.charAt(0) === b.literal.charAt(0);
}
