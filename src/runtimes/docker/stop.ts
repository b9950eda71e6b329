// Ending the containers of a stack: removed with all they hold, or only stopped where their data is to be kept.
import { homedir } from 'node:os';
import { ObsError } from '../../errors/obs-error.ts';
import type { EndedPart, RuntimeRequest, StopManner } from '../runtime.ts';
import { type Engine, findEngine, reconnectEngine } from './engine/connect.ts';
import { describePlace, locateEngines } from './engine/locate.ts';
import { readMaker } from './labels.ts';
import { listParts, pickOwnParts, removeParts, stopContainers } from './parts.ts';
import { type DockerRecord, readRecord, removeRecord } from './record.ts';

/** Ends the containers of a stack. Where the engine does not answer, they are reported as still there: gc finds them later. */
export async function endContainers({ state, folder }: RuntimeRequest, manner: StopManner): Promise<EndedPart[]> {
  if (manner === 'takeover') return [];
  const record = readRecord(folder);
  const engine = await findEngineOf(record);
  if (engine === undefined) {
    const where = record === undefined ? undefined : describePlace(record.engine);
    return where === undefined ? [] : [{ what: `containers at ${where}`, pid: null, how: 'still there' }];
  }
  const own = pickOwnParts(await listParts(engine, state.stackId), readMaker(), record);
  if (manner === 'sleep') return stopContainers(engine, own);
  const ended = await removeParts(engine, own);
  removeRecord(folder);
  return ended;
}

async function findEngineOf(record: DockerRecord | undefined): Promise<Engine | undefined> {
  return record === undefined ? findEngineIfAny(process.env) : reconnectEngine(record.engine);
}

/** The engine of this environment; undefined if there is none. */
export async function findEngineIfAny(env: NodeJS.ProcessEnv): Promise<Engine | undefined> {
  if (locateEngines(env, env.HOME || homedir()).length === 0) return undefined;
  try {
    return await findEngine(env);
  } catch (error) {
    if (error instanceof ObsError && error.code === 'OBS_DOCKER_NO_ENGINE') return undefined;
    throw error;
  }
}
