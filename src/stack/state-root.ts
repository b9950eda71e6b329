// The folder in which obs keeps what it knows of this user's stacks. Never inside a worktree or its git directory.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObsError } from '../errors/obs-error.ts';
import { readErrorCode } from '../std/error-code.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const privateMode = 0o700;

/** `$OBS_STATE_DIR`, else `$XDG_STATE_HOME/obs`, else `$TMPDIR/obs-UID`. Nothing is made. */
export function findStateRoot(env: Environment): string {
  if (env.OBS_STATE_DIR) return env.OBS_STATE_DIR;
  if (env.XDG_STATE_HOME) return join(env.XDG_STATE_HOME, 'obs');
  return join(env.TMPDIR || tmpdir(), `obs-${process.getuid?.() ?? 'user'}`);
}

/**
 * The state folder, made if need be (0700). Throws OBS_STATE_NOT_WRITABLE, OBS_STATE_FOREIGN when it belongs to someone
 * else (anyone may make folders in /tmp), OBS_SANDBOXED when the system forbids what the permissions allow.
 */
export function openStateRoot(env: Environment): string {
  const root = findStateRoot(env);
  try {
    mkdirSync(root, { recursive: true, mode: privateMode });
    const { uid } = statSync(root);
    const user = process.getuid?.();
    if (user !== undefined && uid !== user) throw new ObsError('OBS_STATE_FOREIGN', { folder: root, owner: uid, user });
    accessSync(root, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw explainWriteError(root, error);
  }
  return root;
}

/** The error for a failed write below the state folder; anything but a system error is passed on as it is. */
export function explainWriteError(root: string, error: unknown): unknown {
  const code = readErrorCode(error);
  if (error instanceof ObsError || code === undefined || !(error instanceof Error)) return error;
  if (isForbiddenBySandbox(root, code)) {
    return new ObsError('OBS_SANDBOXED', { action: `write to ${root}`, code }, { cause: error });
  }
  return new ObsError('OBS_STATE_NOT_WRITABLE', { folder: root, reason: error.message }, { cause: error });
}

// Permissions that allow what is refused all the same: seatbelt answers EPERM, Landlock EACCES.
function isForbiddenBySandbox(root: string, code: string): boolean {
  if (code === 'EPERM') return true;
  if (code !== 'EACCES') return false;
  const stat = statSync(root, { throwIfNoEntry: false });
  return stat !== undefined && stat.uid === process.getuid?.() && (stat.mode & 0o300) === 0o300;
}
