// Finds IP addresses in free text and asks whether one lies in a range: what ip() means in line and label filters.
import { type IpRange, parseIpRange } from '../../std/ip-range.ts';
import { StageRefusal } from './stage.ts';

/** Reads the argument of ip(). @throws StageRefusal */
export function compileIpPattern(pattern: string): IpRange {
  const range = parseIpRange(pattern);
  if (range) return range;
  throw new StageRefusal({ start: 0, end: 0 }, `ip: invalid pattern: ${JSON.stringify(pattern)}`);
}

const v4Hint = /[0-9](?:\.|[0-9]\.|[0-9]{2}\.)/y;
const v6Hint = /::[0-9a-fA-F]|[0-9a-fA-F]{1,4}:/y;
const v4Run = /[0-9.]+/y;
const v6Run = /[0-9a-fA-F:.]+/y;

/** Is there an address of the range anywhere in the text? Looks at runs of address characters, as Loki does. */
export function containsIp(range: IpRange, text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const run = takeRun(text, at, v4Hint, v4Run) ?? takeRun(text, at, v6Hint, v6Run);
    if (run === undefined) at++;
    else if (range.contains(run)) return true;
    else at += run.length + 1;
  }
  return false;
}

function takeRun(text: string, at: number, hint: RegExp, run: RegExp): string | undefined {
  hint.lastIndex = at;
  if (!hint.test(text)) return undefined;
  run.lastIndex = at;
  return run.exec(text)?.[0];
}
