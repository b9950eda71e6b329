// Ending the server processes of a stack. Only what left a mark in its folder is signalled, and only while the mark fits.
import { endProcess, killProcess } from '../../std/end-process.ts';
import { isRunning } from '../../std/process-identity.ts';
import type { EndedPart, RuntimeRequest, StopManner } from '../runtime.ts';
import { readServerMarks, removeMark, type ServerMark } from './marks.ts';

/** Tempo holds its ports for minutes after SIGTERM; what the others write within this time spares them a longer start. */
const graceMs = 1_000;

/** Ends all servers that were started for the stack, at once, or with a moment to write where their data is kept. */
export async function endServers({ folder }: RuntimeRequest, manner: StopManner): Promise<EndedPart[]> {
  const ended = await Promise.all(readServerMarks(folder).map((mark) => endServer(mark, manner)));
  return ended.flat();
}

async function endServer(found: ServerMark, manner: StopManner): Promise<EndedPart[]> {
  const { server, mark } = found;
  if (!isRunning(mark)) {
    removeMark(found);
    return [];
  }
  // The whole group: the program may be a script around the server.
  const wholeGroup = true;
  const how =
    manner === 'sleep' ? await endProcess(mark, { graceMs, wholeGroup }) : await killProcess(mark, { wholeGroup });
  if (how !== 'still there') removeMark(found);
  return [{ what: server, pid: mark.pid, how }];
}
