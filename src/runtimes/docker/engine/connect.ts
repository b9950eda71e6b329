// The connection to the engine. dockerode is loaded here and only once there is something to connect to: with no engine on
// the machine, `auto` costs a few looks at files.
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { homedir } from 'node:os';
import type Docker from 'dockerode';
import { ObsError } from '../../../errors/obs-error.ts';
import { readErrorCode } from '../../../std/error-code.ts';
import {
  describePlace,
  type EngineCandidate,
  type EnginePlace,
  type Environment,
  locateEngines,
  type UsableCandidate,
} from './locate.ts';

export interface Engine {
  readonly docker: Docker;
  readonly place: EnginePlace;
  /** `Docker 28.2.2 at /var/run/docker.sock`, for people. */
  readonly title: string;
}

/** A socket that exists but is silent gets this long. */
const answerTimeoutMs = 2000;

/** The first engine that answers. @throws OBS_DOCKER_NO_ENGINE saying what was tried and how each failed */
export async function findEngine(env: Environment): Promise<Engine> {
  const candidates = locateEngines(env, env.HOME || homedir());
  // All at once, so that several silent sockets cost no more than one.
  const attempts = candidates.map((candidate) => ({ candidate, answer: settle(tryCandidate(candidate)) }));
  const tried: { where: string; reason: string; code: string | undefined }[] = [];
  for (const { candidate, answer } of attempts) {
    const got = await answer;
    if ('engine' in got) return got.engine;
    tried.push({ where: candidate.source, reason: got.reason, code: got.code });
  }
  throw new ObsError('OBS_DOCKER_NO_ENGINE', { tried });
}

/** The engine at a place that was found before; undefined if it does not answer. */
export async function reconnectEngine(place: EnginePlace): Promise<Engine | undefined> {
  const got = await settle(connect({ source: describePlace(place), place }));
  return 'engine' in got ? got.engine : undefined;
}

type Attempt = { readonly engine: Engine } | { readonly reason: string; readonly code: string | undefined };

async function settle(connecting: Promise<Engine>): Promise<Attempt> {
  try {
    return { engine: await connecting };
  } catch (error) {
    const code = readErrorCode(error);
    return { reason: explain(error, code), code };
  }
}

function tryCandidate(candidate: EngineCandidate): Promise<Engine> {
  if (isUsable(candidate)) return connect(candidate);
  return Promise.reject(new Error(candidate.place.kind === 'unusable' ? candidate.place.reason : ''));
}

function isUsable(candidate: EngineCandidate): candidate is UsableCandidate {
  return candidate.place.kind !== 'unusable';
}

async function connect({ place }: UsableCandidate): Promise<Engine> {
  if (place.kind === 'socket' && !existsSync(place.path)) {
    throw Object.assign(new Error('there is no such socket'), { code: 'ENOENT' });
  }
  const { default: Dockerode } = await import('dockerode');
  const options = makeOptions(place);
  const name = await askName(new Dockerode({ ...options, timeout: answerTimeoutMs }));
  return { docker: new Dockerode(options), place, title: `${name} at ${describePlace(place)}` };
}

/**
 * Name and version, as the header of any answer has them (`Docker/28.2.2 (linux)`, `Libpod/5.4.0 (linux)`): for /version an
 * engine starts several programs to ask them for theirs.
 */
async function askName({ modem }: Docker): Promise<string> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    // With isStream an answer comes as node:http has it.
    const call = { path: '/_ping', method: 'GET', isStream: true, statusCodes: { 200: true } };
    modem.dial(call, (error, result) => (error ? reject(error) : resolve(result as IncomingMessage)));
  });
  answer.resume();
  const [, program = '', version = ''] = /^(\w+)\/(\S+)/.exec(String(answer.headers.server ?? '')) ?? [];
  return [programNames[program] ?? (program || 'an engine'), version].filter((word) => word !== '').join(' ');
}

const programNames: Readonly<Record<string, string>> = { Libpod: 'Podman' };

// Every option is named, because dockerode takes those that are missing from the environment.
function makeOptions(place: EnginePlace): Docker.DockerOptions {
  if (place.kind === 'socket') return { socketPath: place.path, host: undefined, protocol: 'http' };
  const { host, port, tls } = place;
  const keys = tls === null ? {} : { ca: read(tls.ca), cert: read(tls.cert), key: read(tls.key) };
  return { socketPath: undefined, host, port, protocol: tls === null ? 'http' : 'https', ...keys };
}

const read = (file: string): string => readFileSync(file, 'utf8');

const knownReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nothing listens there',
  EACCES: 'this user may not use it',
  EPERM: 'this process may not connect to it (a sandbox?)',
  ECONNRESET: `it did not answer within ${answerTimeoutMs} ms`,
};

function explain(error: unknown, code: string | undefined): string {
  const reason = code === undefined ? undefined : knownReasons[code];
  return reason ?? (error instanceof Error ? error.message.trim() : String(error));
}
