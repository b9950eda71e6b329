// `| regexp "…"`: the named groups of the first match become labels.
import type { RegexpStage } from '../ast.ts';
import { compileRegexpCaptures } from './regexp-captures.ts';
import type { Row } from './row.ts';
import type { Stage } from './stage.ts';

/** Compiles `| regexp`. @throws Re2SyntaxError, StageRefusal */
export function compileRegexp(stage: RegexpStage): Stage {
  const { re, names } = compileRegexpCaptures(stage.pattern);
  return {
    process(row: Row): boolean {
      const { labels } = row;
      if (labels.hints.nothingNeeded) return true;
      const groups = re.exec(row.text);
      if (groups === undefined) return true;
      for (const [index, name] of names.entries()) {
        if (name === undefined) continue;
        const stored = labels.extractedName(name);
        if (!labels.hints.shouldExtract(stored) || labels.isMade(stored)) continue;
        labels.setExtracted(stored, groups[index] ?? '');
        if (!labels.hints.passesFilter(stored, labels)) return false;
      }
      return true;
    },
  };
}
