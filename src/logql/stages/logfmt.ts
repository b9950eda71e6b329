// `| logfmt`: key=value pairs become labels; with expressions, only those named. Bad pairs are skipped, or with --strict
// end the line's parsing and mark it with an error. --keep-empty keeps keys without a value.
import type { LogfmtStage } from '../ast.ts';
import { printStage } from '../print.ts';
import { LogfmtScanner } from './logfmt-scanner.ts';
import type { Row } from './row.ts';
import { sanitizeLabelName } from './sanitize.ts';
import { type Stage, StageRefusal } from './stage.ts';

/** Compiles `| logfmt`. */
export function compileLogfmt(stage: LogfmtStage): Stage {
  return stage.extractions.length === 0 ? compileAll(stage) : compileSome(stage);
}

function compileAll(stage: LogfmtStage): Stage {
  return {
    process(row: Row): boolean {
      const { labels } = row;
      if (labels.hints.nothingNeeded) return true;
      return eachPair(row, stage.strict, (key, value) => {
        const name = labels.extractedName(sanitizeLabelName(key, true));
        const kept = name !== '' && (value !== '' || stage.keepEmpty) && labels.hints.shouldExtract(name);
        if (!kept || labels.isMade(name)) return true;
        labels.setExtracted(name, value);
        return labels.hints.passesFilter(name, labels);
      });
    },
  };
}

function compileSome(stage: LogfmtStage): Stage {
  for (const { expression } of stage.extractions) checkExpression(stage, expression);
  const wanted = stage.extractions.map(({ label, expression }) => ({
    label,
    key: sanitizeLabelName(expression, true),
  }));
  return {
    process(row: Row): boolean {
      const { labels } = row;
      if (labels.hints.nothingNeeded) return true;
      const found = new Set<string>();
      const before = new Set(wanted.map(({ key }) => key).filter((key) => labels.get(key) !== undefined));
      const passed = eachPair(row, stage.strict, (key, value) => {
        const name = sanitizeLabelName(key, true);
        // A field that is a label already was taken by a parser before this one.
        if (before.has(name)) return true;
        for (const { label, key: wantedKey } of wanted) {
          if (wantedKey !== name) continue;
          if (value === '' && !stage.keepEmpty) continue;
          found.add(label);
          const stored = labels.extractedName(label);
          labels.setExtracted(stored, value);
          if (!labels.hints.passesFilter(stored, labels)) return false;
        }
        return true;
      });
      for (const { label } of wanted) {
        if (!found.has(label) && labels.get(label) === undefined) labels.setExtracted(label, '');
      }
      return passed;
    },
  };
}

// The names of fields here are labels themselves; anything else could never match.
function checkExpression(stage: LogfmtStage, expression: string): void {
  const bad = /^[A-Za-z_][A-Za-z0-9_]*/.exec(expression)?.[0].length ?? 0;
  if (bad === expression.length && expression !== '') return;
  const reason =
    expression === '' ? 'syntax error: unexpected $end, expecting KEY' : `unexpected char ${expression.charAt(bad)}`;
  const text = `cannot parse expression [${expression}]: ${reason}`;
  throw new StageRefusal(stage, `stage '${printStage(stage)}' : ${text}`, text);
}

// Visits the pairs of a row; a false from `visit` drops the line.
function eachPair(row: Row, strict: boolean, visit: (key: string, value: string) => boolean): boolean {
  const scanner = new LogfmtScanner(row.text);
  while (!scanner.done) {
    const pair = scanner.next();
    if (pair === undefined) {
      if (strict && scanner.error !== undefined) break;
      continue;
    }
    // Invalid UTF-8 is no value.
    if (!visit(pair.key, pair.value.includes('\ufffd') ? '' : pair.value)) return false;
  }
  if (strict && scanner.error !== undefined) row.labels.setParserError('LogfmtParserErr', scanner.error);
  return true;
}
