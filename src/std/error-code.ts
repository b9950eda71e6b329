// The errno name of a failed system call (`ENOENT`), so that callers need not assert types of what was thrown.

/** `code` of a thrown system error; undefined for anything else. */
export function readErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
