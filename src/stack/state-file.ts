// Reading and writing `state.json`. A version that is not known, or a damaged file, is an error with a way out and never
// a guess.
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ObsError } from '../errors/obs-error.ts';
import { type StackState, stackStateSchema, stackStateVersion } from '../model/stack-state.ts';
import { writeFileAtomic } from '../std/atomic-file.ts';
import { readErrorCode } from '../std/error-code.ts';
import { obsVersion } from '../std/version.ts';

const versionSchema = z.looseObject({ version: z.unknown(), obsVersion: z.unknown() });

/** The state in a file; undefined if there is no file. Throws OBS_STATE_VERSION or OBS_STATE_BROKEN. */
export function readStackState(file: string): StackState | undefined {
  const text = readTextIfThere(file);
  if (text === undefined) return undefined;
  const data = parseJson(text, file);
  const { version, obsVersion: writer } = versionSchema.safeParse(data).data ?? {};
  if (typeof version === 'number' && version !== stackStateVersion) {
    throw new ObsError('OBS_STATE_VERSION', {
      file,
      version: String(version),
      obsVersion: typeof writer === 'string' ? writer : null,
      ownVersion: obsVersion,
    });
  }
  const parsed = stackStateSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ObsError('OBS_STATE_BROKEN', { file, reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` });
}

/** Writes the state whole, 0600, and makes its folder. Only while no keeper owns it. */
export function writeStackState(file: string, state: StackState): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(file, `${JSON.stringify(state, undefined, 1)}\n`, { mode: 0o600 });
}

function readTextIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (readErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no JSON';
    throw new ObsError('OBS_STATE_BROKEN', { file, reason }, { cause: error });
  }
}
