// `| pattern "<ip> <_> <status>"`: the named captures become labels.
import type { PatternStage } from '../ast.ts';
import { compilePattern } from './pattern-expression.ts';
import type { Row } from './row.ts';
import { sanitizeLabelName } from './sanitize.ts';
import type { Stage } from './stage.ts';

/** Compiles `| pattern`. @throws StageRefusal */
export function compilePatternStage(stage: PatternStage): Stage {
  const expression = compilePattern(stage.pattern).requireNames();
  const names = expression.names.map((name) => sanitizeLabelName(name, true));
  return {
    process(row: Row): boolean {
      const { labels } = row;
      if (labels.hints.nothingNeeded) return true;
      for (const [index, value] of expression.capture(row.text).entries()) {
        const stored = labels.extractedName(names[index] ?? '');
        if (!labels.hints.shouldExtract(stored) || labels.isMade(stored)) continue;
        labels.setExtracted(stored, value);
        if (!labels.hints.passesFilter(stored, labels)) return false;
      }
      return true;
    },
  };
}
