// A keeper must not outlive its state: one that was spawned by a killed `up` is known to nobody until it has written itself
// into the state file, and a `down` or another `up` may come first.
import type { StateFile } from './state-file.ts';

const everyMs = 2_000;

/** Calls `onLost` once, when the state file is gone or tells of another start. Returns what ends the watch. */
export function watchState(file: Pick<StateFile, 'isOwn'>, onLost: () => void): () => void {
  const timer = setInterval(() => {
    if (file.isOwn()) return;
    clearInterval(timer);
    onLost();
  }, everyMs).unref();
  return () => clearInterval(timer);
}
