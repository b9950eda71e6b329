// Waiting until a server in a container answers that it is ready. Through the engine's port proxy a connection is accepted
// before the server listens, and closed again, so only an answer counts.
import type Docker from 'dockerode';
import { HttpFailure, sendHttp } from '../../clients/http.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { sleep } from '../../std/sleep.ts';
import { readyPaths } from '../servers.ts';
import type { Engine } from './engine/connect.ts';
import type { Role } from './images.ts';
import { readLastLogLines } from './log-lines.ts';

export interface StartedContainer {
  readonly role: Role;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** Base URLs by container port. */
  readonly urls: Readonly<Record<number, string>>;
  /** Base URL of its API. */
  readonly url: string;
}

interface Wait {
  readonly engine: Engine;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
  /** Default 20 s. */
  readonly refusedTimeoutMs?: number;
}

const paths: Readonly<Record<Role, string>> = { ...readyPaths, grafana: '/api/health' };

const timeoutMs = 60_000;
const requestTimeoutMs = 2000;
const pollMs = 15;
const inspectEveryMs = 300;
const reportEveryMs = 5000;
/** A published port that refuses every connection for so long leads nowhere: slow servers accept and close, or answer 503. */
const defaultRefusedTimeoutMs = 20_000;

/** @throws OBS_CONTAINER_NOT_READY with the last lines of its log, OBS_DOCKER_PORTS_UNREACHABLE */
export async function waitUntilReady(container: StartedContainer, wait: Wait): Promise<void> {
  const url = `${container.url}${paths[container.role]}`;
  const begin = performance.now();
  let [nextInspectMs, nextReportMs, isRefused] = [inspectEveryMs, reportEveryMs, true];
  for (;;) {
    const answer = await ask(url, wait.signal);
    if (answer.isReady) return;
    isRefused &&= answer.isRefused;
    const waitedMs = Math.round(performance.now() - begin);
    const end = waitedMs > nextInspectMs ? await readEnd(wait.engine.docker, container.id) : undefined;
    if (waitedMs > nextInspectMs) nextInspectMs = waitedMs + inspectEveryMs;
    if (end !== undefined || waitedMs > timeoutMs) {
      throw await notReady(container, { ...wait, url, waitedMs, state: end ?? `it ${answer.text}` });
    }
    if (isRefused && waitedMs > (wait.refusedTimeoutMs ?? defaultRefusedTimeoutMs))
      throw unreachable(container, wait.engine);
    if (waitedMs > nextReportMs) {
      wait.progress(`waiting for ${container.role} since ${Math.round(waitedMs / 1000)} s: ${url} ${answer.text}`);
      nextReportMs = waitedMs + reportEveryMs;
    }
    await sleep(pollMs, wait.signal);
  }
}

/** How a container ended, in words such as `ended with code 1`; undefined while it runs. */
export async function readEnd(docker: Docker, id: string): Promise<string | undefined> {
  const { State } = await docker.getContainer(id).inspect();
  if (State.Running) return undefined;
  if (State.OOMKilled) return 'was killed because it needed more memory than its limit (docker.memory in obs.yaml)';
  return State.Error === '' ? `ended with code ${State.ExitCode}` : `could not start: ${State.Error}`;
}

async function ask(url: string, signal: AbortSignal) {
  try {
    const { status, body } = await sendHttp({ method: 'GET', url, timeoutMs: requestTimeoutMs, signal });
    const excerpt = body.toString('utf8', 0, 100).replace(/\s+/g, ' ').trim();
    return { isReady: status === 200, isRefused: false, text: `answered ${status} ${excerpt}`.trim() };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return { isReady: false, isRefused: error.code === 'ECONNREFUSED', text: 'gave no answer' };
  }
}

async function notReady(container: StartedContainer, how: Wait & { url: string; waitedMs: number; state: string }) {
  const { role, name, image, id } = container;
  return new ObsError('OBS_CONTAINER_NOT_READY', {
    server: role,
    container: name,
    image,
    awaited: `GET ${how.url}`,
    waitedMs: how.waitedMs,
    state: how.state,
    lastLines: await readLastLogLines(how.engine.docker, id),
  });
}

function unreachable({ name, url }: StartedContainer, { title }: Engine): ObsError {
  const reason = `${url} refuses every connection, though the engine says that the container ${name} publishes it`;
  return new ObsError('OBS_DOCKER_PORTS_UNREACHABLE', { engine: title, reason });
}
