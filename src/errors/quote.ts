// Shell quoting for the commands that errors offer, so that a path with a blank can be pasted as it is.

/** The text as one word of a POSIX shell; left bare where that is safe. */
export function quoteForShell(text: string): string {
  return /^[\w./:@%+=,~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
