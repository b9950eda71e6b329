// Plain tables: columns as wide as their content, two blanks between them.

/** Rows of cells → lines; the last column is not padded. Columns in `right` (numbers) are aligned to the right. */
export function renderTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const padding = ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell)));
        if (right.includes(at)) return padding + cell;
        return at === row.length - 1 ? cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

// Escape sequences of colours take no room.
function widthOf(text: string): number {
  return [...text.replace(/\u001b\[[0-9;]*m/g, '')].length;
}
