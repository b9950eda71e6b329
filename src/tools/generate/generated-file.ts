// A file that is made from the code and committed, so that people can read it without running anything.

export interface GeneratedFile {
  /** Relative to the root of the repository, with slashes. */
  readonly path: string;
  readonly content: string;
}

/** JSON as it is committed: indented, with a final newline. */
export function jsonFile(path: string, value: unknown): GeneratedFile {
  return { path, content: `${JSON.stringify(value, null, 2)}\n` };
}

/** Text as it is committed: lines with a final newline. */
export function textFile(path: string, lines: readonly string[]): GeneratedFile {
  return { path, content: `${lines.join('\n')}\n` };
}
