// state.json: read once at start, then owned by the keeper and written whole at each change.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ObsError } from '../../errors/obs-error.ts';
import { type StackState, stackStateSchema, stackStateVersion } from '../../model/stack-state.ts';
import { writeFileAtomic } from '../../std/atomic-file.ts';

/** Run and journey records that are kept; the oldest ended ones go first. */
export const maxRecords = 200;

/** The state of the stack, and the only way to change it. */
export class StateFile {
  private readonly path: string;
  private current: StackState;
  /** Inode of the file that was last seen to be ours: each write makes a new one. */
  private ownInode: number | undefined;
  /** Why the last write failed; undefined when it did not. */
  trouble: string | undefined;

  /** @throws ObsError OBS_KEEPER_STATE_UNREADABLE */
  constructor(stackDir: string) {
    this.path = join(stackDir, 'state.json');
    this.current = readState(this.path);
  }

  get state(): StackState {
    return this.current;
  }

  /**
   * Whether the file still tells of this very start of the stack. It does not when `down` removed it, or another `up` began
   * anew; then whoever did so did not know of this keeper, and nothing may be written any more.
   */
  isOwn(): boolean {
    const inode = statSync(this.path, { throwIfNoEntry: false })?.ino;
    if (inode === undefined || inode === this.ownInode) return inode !== undefined;
    const token = readToken(this.path);
    if (token !== undefined && token !== this.current.token) return false;
    this.ownInode = inode;
    return true;
  }

  /** Applies a change and writes it. A disk that refuses is remembered as `trouble`; the change holds all the same. */
  update(change: Partial<StackState>): void {
    this.current = { ...this.current, ...change };
    try {
      writeFileAtomic(this.path, `${JSON.stringify(this.current, null, 2)}\n`, { mode: 0o600 });
      this.trouble = undefined;
      this.ownInode = undefined;
    } catch (error) {
      this.trouble = `state.json cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** Puts a record in place of the one with the same id, or at the end; ended ones beyond `maxRecords` are dropped. */
export function upsert<R extends { readonly endedAtMs: number | null }>(
  records: readonly R[],
  record: R,
  idOf: (record: R) => string,
): R[] {
  const id = idOf(record);
  const found = records.some((other) => idOf(other) === id);
  const all = found ? records.map((other) => (idOf(other) === id ? record : other)) : [...records, record];
  let surplus = all.length - maxRecords;
  return all.filter((other) => other.endedAtMs === null || surplus-- <= 0);
}

/** The token that a state file names; a file that cannot be read names none, and is nobody else's. */
function readToken(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).token;
  } catch {
    return undefined;
  }
}

function readState(path: string): StackState {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ObsError('OBS_KEEPER_STATE_UNREADABLE', { path, reason }, { cause });
  }
  const parsed = stackStateSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  const issue = parsed.error.issues[0];
  const reason =
    version === stackStateVersion
      ? `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`
      : `its version is ${String(version)}, this obs reads version ${stackStateVersion}`;
  throw new ObsError('OBS_KEEPER_STATE_UNREADABLE', { path, reason });
}
