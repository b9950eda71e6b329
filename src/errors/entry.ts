// The shape of one entry of the error catalogue. Errors are the prompt: every entry says what happened, why, and a fix
// that can be run or pasted as it is.

/** 0 fine · 1 the answer is no · 2 wrong usage or configuration · 3 no data · 4 the environment failed. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** One permanent error code: its exit code and its texts, made from typed data. */
export interface CatalogueEntry<D> {
  readonly exit: ExitCode;
  readonly what: (data: D) => string;
  readonly why: (data: D) => string;
  /** A command, or an edit with file and line; the named command must exist (a test checks it). */
  readonly fix: (data: D) => string;
}

/** Declares an entry, so that its data type is inferred at the place where the error is raised. */
export function entry<D>(of: CatalogueEntry<D>): CatalogueEntry<D> {
  return of;
}
