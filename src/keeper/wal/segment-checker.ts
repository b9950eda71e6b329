// The program of the thread that checks segments (check-ahead.ts): reads each into the room that the request names, and
// answers with what is in it. An error ends the thread, and reaches whoever waits for it.
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckAnswer, CheckerData, CheckRequest } from './check-ahead.ts';
import { checkSegment } from './check-segment.ts';

// Whoever starts this thread gives it that.
const rooms = (workerData as CheckerData).map((room) => Buffer.from(room));

parentPort?.on('message', ({ path, room }: CheckRequest) => {
  const { bytes, scan } = checkSegment(path, rooms[room]!); // there are two
  parentPort?.postMessage({ length: bytes.length, scan } satisfies CheckAnswer);
});
