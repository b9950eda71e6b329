// What the engine refuses, in words: its own message, without the frame that the client library puts around it.
import { ObsError } from '../../errors/obs-error.ts';
import type { Engine } from './engine/connect.ts';

/** Passes the answer on, or throws OBS_DOCKER_REFUSED: the engine "could not `action`". */
export async function refuse<T>(engine: Engine, action: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ObsError) throw error;
    const reason = readEngineMessage(error);
    throw new ObsError('OBS_DOCKER_REFUSED', { action, reason, engine: engine.title }, { cause: error });
  }
}

/** What the engine said; dockerode wraps it as `(HTTP code N) reason - message`. */
export function readEngineMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/^\(HTTP code \d+\) .*? - /s, '').trim();
}

/** The status with which the engine refused; undefined for any other failure. */
export function readEngineStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
