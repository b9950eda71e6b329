// `| json label="path", …`: only the named values become labels; a value that is not there becomes an empty label.
import type { JsonStage } from '../ast.ts';
import { printStage } from '../print.ts';
import { findAtPath, JsonPathError, parseJsonPath } from './json-path.ts';
import { readString } from './json-scanner.ts';
import type { Row } from './row.ts';
import { type Stage, StageRefusal } from './stage.ts';

/** Compiles `| json` with expressions. @throws StageRefusal on a bad path. */
export function compileJsonExpressions(stage: JsonStage): Stage {
  const extractions = stage.extractions.map(({ label, expression }) => {
    try {
      return { label, path: parseJsonPath(expression) };
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      throw new StageRefusal(stage, `stage '${printStage(stage)}' : ${error.message}`, error.message);
    }
  });
  return {
    process(row: Row): boolean {
      const { labels } = row;
      const { buffer, start, end } = row.bytes;
      if (start === end || labels.hints.nothingNeeded) return true;
      const first = buffer[start];
      if (first !== 0x7b && first !== 0x5b) {
        labels.setParserError('JSONParserErr');
        return true;
      }
      for (const { label, path } of extractions) {
        const found = findAtPath({ buffer, start, end }, path);
        const name = labels.extractedName(label);
        if (found) {
          const raw = found.type === 'object' || found.type === 'array';
          const text =
            found.type === 'null'
              ? ''
              : raw
                ? buffer.toString('utf8', found.start, found.end)
                : readString(buffer, found.start, found.end);
          labels.setExtracted(name, text);
        } else if (labels.get(label) === undefined) labels.setExtracted(label, '');
      }
      return true;
    },
  };
}
