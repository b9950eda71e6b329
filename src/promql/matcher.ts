// Label matchers: one condition on the value of one label.
import { quoteGoString } from '../std/go-string.ts';
import { compileRe2 } from '../std/re2.ts';
import { quoteLabelName } from './labels.ts';

export type MatchType = '=' | '!=' | '=~' | '!~';

/** `matches` judges a label's value; an absent label has the value ''. */
export interface Matcher {
  readonly type: MatchType;
  readonly name: string;
  readonly value: string;
  readonly matches: (text: string) => boolean;
}

/** Makes a matcher. @throws Re2SyntaxError with the words of RE2 about the pattern as it was written */
export function makeMatcher(type: MatchType, name: string, value: string): Matcher {
  return { type, name, value, matches: judges[type](value) };
}

/** `name="value"`, as in a query. */
export function printMatcher(matcher: Matcher): string {
  return `${quoteLabelName(matcher.name)}${matcher.type}${quoteGoString(matcher.value)}`;
}

const judges: Record<MatchType, (value: string) => (text: string) => boolean> = {
  '=': (value) => (text) => text === value,
  '!=': (value) => (text) => text !== value,
  '=~': (value) => compileAnchored(value),
  '!~': (value) => {
    const test = compileAnchored(value);
    return (text) => !test(text);
  },
};

function compileAnchored(pattern: string): (text: string) => boolean {
  // Compiled bare first, so that a complaint quotes the pattern and not our wrapping of it.
  compileRe2(pattern);
  return compileRe2(pattern, { anchored: true }).test;
}
