// `| unpack`: undoes Promtail's pack stage: string fields become labels and `_entry` the line, if there is an `_entry`.
import { eachField, JsonError, readString } from './json-scanner.ts';
import type { Row } from './row.ts';
import type { Stage } from './stage.ts';

const packedEntry = '_entry';

/** Compiles `| unpack`. */
export function compileUnpack(): Stage {
  return {
    process(row: Row): boolean {
      const { labels } = row;
      const { buffer, start, end } = row.bytes;
      if (start === end || labels.hints.nothingNeeded) return true;
      if (buffer[start] !== 0x7b) {
        labels.setParserError('JSONParserErr', 'expecting json object(6), but it is not');
        return true;
      }
      const found: [name: string, value: string][] = [];
      let entry: string | undefined;
      try {
        eachField({ buffer, start, end }, (field) => {
          if (field.type !== 'string') return true;
          const value = readString(buffer, field.start, field.end);
          if (field.key === packedEntry) entry = value;
          else found.push([labels.extractedName(field.key), value]);
          return true;
        });
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        labels.setParserError('JSONParserErr', error.message);
        return true;
      }
      if (entry === undefined) return true;
      row.setText(entry);
      for (const [name, value] of found) {
        if (!labels.hints.shouldExtract(name) || labels.isMade(name)) continue;
        labels.setExtracted(name, value);
        if (!labels.hints.passesFilter(name, labels)) return false;
      }
      return true;
    },
  };
}
