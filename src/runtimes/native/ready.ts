// Waiting until a server answers that it is ready, and noticing at once when it ends instead.
import { HttpFailure, sendHttp } from '../../clients/http.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { readLastLines } from '../../std/last-lines.ts';
import { sleep } from '../../std/sleep.ts';
import { readyPaths, type ServerName } from '../servers.ts';
import type { LaunchedServer } from './launch.ts';

const timeoutMs = 60_000;
const requestTimeoutMs = 2_000;
/** Asking costs time of the very processors on which the servers start. */
const pollMs = 25;
const reportEveryMs = 5_000;
const shownLogLines = 8;

export interface ReadyWait {
  /** Base URL of the server. */
  readonly url: string;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** @throws OBS_SERVER_NOT_READY with the last lines of its log */
export async function waitUntilReady(launched: LaunchedServer, { url, progress, signal }: ReadyWait): Promise<void> {
  const begin = performance.now();
  let nextReportMs = reportEveryMs;
  for (;;) {
    const answer = await askReady(launched.server, url, signal);
    if (answer === 'ready') return;
    const waitedMs = Math.round(performance.now() - begin);
    const state = launched.readEnd() ?? (waitedMs > timeoutMs ? answer : undefined);
    if (state !== undefined) throw notReady(launched, { url, waitedMs, state });
    if (waitedMs > nextReportMs) {
      progress(`waiting for ${launched.server} since ${Math.round(waitedMs / 1000)} s: it ${answer}`);
      nextReportMs += reportEveryMs;
    }
    await sleep(pollMs, signal);
  }
}

/** `ready`, or what the server answered instead, in words that follow its name. */
export async function askReady(server: ServerName, url: string, signal?: AbortSignal): Promise<string> {
  try {
    const call = { method: 'GET', url: `${url}${readyPaths[server]}`, timeoutMs: requestTimeoutMs, signal };
    const { status, body } = await sendHttp(call);
    return status === 200 ? 'ready' : `answered ${status} ${body.toString('utf8', 0, 100).trim()}`;
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return error.code === 'ECONNREFUSED' ? 'listens nowhere yet' : `gave no answer (${error.code ?? error.message})`;
  }
}

function notReady(
  { server, program, log }: LaunchedServer,
  how: { readonly url: string; readonly waitedMs: number; readonly state: string },
): ObsError {
  const { waitedMs, state } = how;
  const awaited = `GET ${how.url}${readyPaths[server]}`;
  const lastLines = readLastLines(log, shownLogLines);
  return new ObsError('OBS_SERVER_NOT_READY', { server, program, awaited, waitedMs, state, log, lastLines });
}
