// Has segments read and checked while the ones before are being stored. A long log is checked by a thread of its own, since
// its checksums take a fifth as long as storing what they cover; a short one is stored before a thread would have started.
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { findDistFile } from '../../std/package-root.ts';
import { type CheckedSegment, checkSegment } from './check-segment.ts';
import type { Scan } from './frame.ts';

/** From so many bytes on a log is long. */
const longLogBytes = 32 * 1024 * 1024;

/** One room is read from while the other is filled: fresh memory for each segment would cost more than reading it. */
type RoomNumber = 0 | 1;
/** The rooms. */
export type CheckerData = readonly [SharedArrayBuffer, SharedArrayBuffer];
export interface CheckRequest {
  readonly path: string;
  readonly room: RoomNumber;
}
/** What is in the room now. */
export interface CheckAnswer {
  readonly length: number;
  readonly scan: Scan;
}

interface Checker {
  /** @throws the system's error. */
  check(path: string, room: RoomNumber): Promise<CheckedSegment>;
  end(): void;
}

/** Each segment with its contents, which are valid until the next one is asked for. @throws the system's error. */
export async function* checkAhead<T extends { readonly path: string; readonly bytes: number }>(
  segments: readonly T[],
): AsyncGenerator<{ readonly segment: T; readonly checked: CheckedSegment }, void> {
  const checker = makeChecker(segments.map(({ bytes }) => bytes));
  const ask = (at: number): Promise<CheckedSegment> | undefined => {
    const segment = segments[at];
    const asked = segment && checker.check(segment.path, at % 2 === 0 ? 0 : 1);
    asked?.catch(() => undefined); // thrown when it is its turn; nobody waits for it before that
    return asked;
  };
  try {
    let coming = ask(0);
    for (const [at, segment] of segments.entries()) {
      const checked = await coming!; // there is one for each segment
      coming = ask(at + 1);
      yield { segment, checked };
    }
  } finally {
    checker.end();
  }
}

function makeChecker(sizes: readonly number[]): Checker {
  const program = findDistFile('program/segment-checker.cjs');
  const isLong = sizes.reduce((sum, bytes) => sum + bytes, 0) >= longLogBytes;
  const largest = Math.max(0, ...sizes);
  return isLong && existsSync(program) ? new CheckerThread(program, largest) : makeCheckerHere(largest);
}

function makeCheckerHere(roomBytes: number): Checker {
  const rooms = [Buffer.allocUnsafeSlow(roomBytes), Buffer.allocUnsafeSlow(roomBytes)] as const;
  return {
    check: async (path, room) => checkSegment(path, rooms[room]),
    end: () => undefined,
  };
}

/** Answers come in the order of the requests. The first segment is checked here: the thread takes as long to start. */
class CheckerThread implements Checker {
  readonly #rooms: CheckerData;
  readonly #worker: Worker;
  #isFirst = true;
  #failure: Error | undefined;
  readonly #waiting: { readonly answer: (answer: CheckAnswer) => void; readonly fail: (error: Error) => void }[] = [];

  constructor(program: string, roomBytes: number) {
    this.#rooms = [new SharedArrayBuffer(roomBytes), new SharedArrayBuffer(roomBytes)];
    this.#worker = new Worker(program, { workerData: this.#rooms });
    this.#worker.on('message', (answer: CheckAnswer) => this.#waiting.shift()?.answer(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`the thread that checks the log ended with code ${code}`)));
  }

  async check(path: string, room: RoomNumber): Promise<CheckedSegment> {
    if (this.#isFirst) {
      this.#isFirst = false;
      return checkSegment(path, Buffer.from(this.#rooms[room]));
    }
    if (this.#failure !== undefined) throw this.#failure; // nobody would answer
    return new Promise((resolve, fail) => {
      const answer = ({ length, scan }: CheckAnswer) =>
        resolve({ bytes: Buffer.from(this.#rooms[room], 0, length), scan });
      this.#waiting.push({ answer, fail });
      this.#worker.postMessage({ path, room } satisfies CheckRequest);
    });
  }

  end(): void {
    void this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { fail } of this.#waiting.splice(0)) fail(error);
  }
}
