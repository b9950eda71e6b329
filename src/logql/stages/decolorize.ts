// `| decolorize`: takes terminal colours out of the line.
import { stripVTControlCharacters } from 'node:util';
import type { Stage } from './stage.ts';

/** Compiles `| decolorize`. */
export function compileDecolorize(): Stage {
  return {
    process(row) {
      if (row.text.includes('\u001b') || row.text.includes('\u009b')) row.setText(stripVTControlCharacters(row.text));
      return true;
    },
  };
}
