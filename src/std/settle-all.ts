// Work that goes on side by side and ends together: when one part fails, the others are told to stop and are waited for, so
// that nothing is still under way while the failure is handled.

/** Runs all tasks; the first failure aborts the signal of the others, and is thrown once all have ended. */
export async function settleAll<T>(
  tasks: readonly ((signal: AbortSignal) => Promise<T>)[],
  signal?: AbortSignal,
): Promise<T[]> {
  const ending = new AbortController();
  const onAbort = () => ending.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  let failure: { readonly reason: unknown } | undefined;
  const settled = await Promise.all(
    tasks.map(async (task) => {
      try {
        return [await task(ending.signal)];
      } catch (reason) {
        failure ??= { reason };
        ending.abort(reason);
        return [];
      }
    }),
  );
  signal?.removeEventListener('abort', onAbort);
  if (failure !== undefined) throw failure.reason;
  return settled.flat(1) as T[];
}
