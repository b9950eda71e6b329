// The keeper's own log: one JSON object a line on stderr, which its starter points at keeper.log. Few lines: a keeper
// that is well says when it starts and when it ends.
import { writeSync } from 'node:fs';

export type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string, fields?: Readonly<Record<string, unknown>>) => void;

const stderr = 2;
/** The same text again and again (each request of a broken app) is written this often a minute. */
const repeatsPerMinute = 5;

/** Makes a log; `write` gets whole lines. */
export function makeLog(nowMs: () => number, write: (line: string) => void = writeToStderr): Log {
  const seen = new Map<string, { minute: number; count: number }>();
  return (level, message, fields = {}) => {
    const minute = Math.floor(nowMs() / 60_000);
    const before = seen.get(message);
    const count = before?.minute === minute ? before.count + 1 : 1;
    if (seen.size > 1000) seen.clear();
    seen.set(message, { minute, count });
    if (count > repeatsPerMinute) return;
    write(`${JSON.stringify({ time: new Date(nowMs()).toISOString(), level, message, ...fields })}\n`);
  };
}

function writeToStderr(line: string): void {
  try {
    writeSync(stderr, line);
  } catch {
    // A full disk or a closed pipe must not end the keeper; there is no other place to tell.
  }
}
