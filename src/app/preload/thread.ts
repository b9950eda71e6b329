// Which thread this is, without `node:worker_threads`: loading that brings the streams with it, several milliseconds for
// an app that may need neither.

/** Whether this is the main thread. Workers have no working directory of their own, and Node marks what they cannot call. */
export function isMainThread(): boolean {
  // Not in @types/node: Node sets `disabled` on the functions of `process` that are unavailable in workers.
  return (process.chdir as { disabled?: boolean }).disabled !== true;
}
