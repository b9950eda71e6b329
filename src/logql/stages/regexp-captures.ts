// The pattern of `| regexp`: an RE2 expression with at least one named group.
import { compileRe2, type Re2, Re2SyntaxError } from '../../std/re2.ts';
import { sanitizeLabelName } from './sanitize.ts';
import { StageRefusal } from './stage.ts';

export interface RegexpCaptures {
  readonly re: Re2;
  /** Label name by group index; undefined for unnamed groups. */
  readonly names: readonly (string | undefined)[];
}

// Go lets two groups share a name, and Loki refuses it in words of its own.
function compileNamed(pattern: string): Re2 {
  try {
    return compileRe2(pattern);
  } catch (error) {
    const name =
      error instanceof Re2SyntaxError ? /duplicate capture group name: `(.*)`/.exec(error.message)?.[1] : undefined;
    if (name === undefined) throw error;
    throw new StageRefusal(nowhere, `duplicate extracted label name '${name}'`);
  }
}

const nowhere = { start: 0, end: 0 };

/** @throws Re2SyntaxError, or StageRefusal when no group has a name or two have the same. */
export function compileRegexpCaptures(pattern: string): RegexpCaptures {
  const re = compileNamed(pattern);
  const seen = new Set<string>();
  const names = re.groupNames.map((name) => {
    if (name === '') return undefined;
    if (seen.has(name)) throw new StageRefusal(nowhere, `duplicate extracted label name '${name}'`);
    seen.add(name);
    return sanitizeLabelName(name, true);
  });
  if (seen.size === 0) throw new StageRefusal(nowhere, 'at least one named capture must be supplied');
  return { re, names };
}
