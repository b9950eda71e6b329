// A further `up` on a stack that runs: do all of its servers still answer?
import { ObsError } from '../../errors/obs-error.ts';
import { readLastLines } from '../../std/last-lines.ts';
import { isRunning } from '../../std/process-identity.ts';
import type { RuntimeStart } from '../runtime.ts';
import { type ServerName, serverNames } from '../servers.ts';
import { logOf } from './launch.ts';
import { makeNativeFolder, readServerMarks } from './marks.ts';
import { askReady } from './ready.ts';

const shownLogLines = 8;

/** @throws OBS_SERVER_STOPPED naming the first server that does not run or is not ready */
export async function resumeNative(request: RuntimeStart): Promise<void> {
  const states = await Promise.all(serverNames.map((server) => findTrouble(server, request)));
  const at = states.findIndex((state) => state !== undefined);
  const [server, state] = [serverNames[at], states[at]];
  if (server === undefined || state === undefined) return;
  const log = logOf(makeNativeFolder(request.folder), server);
  throw new ObsError('OBS_SERVER_STOPPED', { server, state, log, lastLines: readLastLines(log, shownLogLines) });
}

async function findTrouble(server: ServerName, { folder, state, signal }: RuntimeStart): Promise<string | undefined> {
  const runs = readServerMarks(folder).some((found) => found.server === server && isRunning(found.mark));
  if (!runs) return 'does not run any more';
  const answer = state.backend === null ? 'ready' : await askReady(server, state.backend[server].url, signal);
  return answer === 'ready' ? undefined : answer;
}
