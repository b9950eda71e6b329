// Line, column and caret of a place in a text, for error messages of every parser in obs.

/** 1-based line and column (in code points of the line), and the line with a caret under the place. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
  /** Two lines: the source line, and carets under `start…end`. */
  readonly caret: string;
}

/** Finds line and column of an offset (UTF-16 units); an offset past the end means the end of the text. */
export function describePosition(text: string, start: number, end = start + 1): TextPosition {
  const from = Math.min(Math.max(start, 0), text.length);
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const newline = text.indexOf('\n', from);
  const lineEnd = newline === -1 ? text.length : newline;
  const before = text.slice(lineStart, from);
  const width = Math.max(1, [...text.slice(from, Math.min(end, lineEnd))].length);
  // Tabs are kept in the padding so that the caret stays under its place in a terminal.
  const padding = before.replace(/[^\t]/gu, ' ');
  return {
    line: text.slice(0, lineStart).split('\n').length,
    column: [...before].length + 1,
    caret: `${text.slice(lineStart, lineEnd)}\n${padding}${'^'.repeat(width)}`,
  };
}
