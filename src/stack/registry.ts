// Which block of ports belongs to which worktree, for all worktrees of this user. A reservation survives `down` and goes
// with the worktree. Its lock also guards every change of who owns a stack, so keep what runs under it short.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ObsError } from '../errors/obs-error.ts';
import { portRange } from '../model/ports.ts';
import { placeSchema } from '../model/stack-state.ts';
import { writeFileAtomic } from '../std/atomic-file.ts';
import { readErrorCode } from '../std/error-code.ts';
import { LockTimeout, withFileLock } from '../std/file-lock.ts';
import { readPlace } from '../std/place.ts';
import type { Worktree } from '../worktree/worktree.ts';
import { explainWriteError } from './state-root.ts';

const reservationSchema = z.object({
  worktree: z.string(),
  gitDir: z.string().nullable(),
  worktreeBirth: z.string(),
  basePort: z.number().int(),
  /** Null in registries of older versions. */
  place: placeSchema.nullable().default(null),
  reservedAt: z.string(),
});
export type Reservation = z.infer<typeof reservationSchema>;

const registrySchema = z.object({ version: z.literal(1), stacks: z.record(z.string(), reservationSchema) });
export type Registry = z.infer<typeof registrySchema>;

/** Longer than fifty processes that queue for it ever need. */
const defaultLockTimeoutMs = 20_000;

export interface RegistryOptions {
  readonly signal?: AbortSignal;
  readonly lockTimeoutMs?: number;
}

const blockCount = Math.floor((portRange.last - portRange.first + 1) / portRange.blockSize);

/** Runs `action` on the registry under its lock, and saves what it changed. */
export async function withRegistry<T>(
  root: string,
  action: (registry: Registry) => T | Promise<T>,
  options: RegistryOptions = {},
): Promise<T> {
  const { signal, lockTimeoutMs = defaultLockTimeoutMs } = options;
  try {
    return await withFileLock(join(root, 'registry.lock'), { timeoutMs: lockTimeoutMs, signal }, async () => {
      const before = readRegistryText(root);
      const registry = parseRegistry(root, before);
      const result = await action(registry);
      const after = JSON.stringify(registry, undefined, 1);
      if (after !== before) writeFileAtomic(join(root, 'registry.json'), after, { mode: 0o600 });
      return result;
    });
  } catch (error) {
    if (error instanceof LockTimeout) {
      throw new ObsError('OBS_STATE_LOCKED', { pid: error.holder.pid, waitedMs: lockTimeoutMs }, { cause: error });
    }
    throw explainWriteError(root, error);
  }
}

/** The registry as it is now, without the lock: for reports only. */
export function readRegistry(root: string): Registry {
  return parseRegistry(root, readRegistryText(root));
}

export interface ReservationRequest {
  readonly stackId: string;
  readonly worktree: Worktree;
  readonly nowMs: number;
  /** Ports on which something listens now; asked only for a first reservation, which then moves on to the next block. */
  readonly listeningPorts: () => ReadonlySet<number>;
}

/** First port of the worktree's block; reserves one if it has none. */
export function reservePorts(registry: Registry, request: ReservationRequest): number {
  const { stackId, worktree } = request;
  const basePort = registry.stacks[stackId]?.basePort ?? findFreeBlock(registry, request);
  const reservedAt = registry.stacks[stackId]?.reservedAt ?? new Date(request.nowMs).toISOString();
  const { path, gitDir, birth } = worktree;
  registry.stacks[stackId] = { worktree: path, gitDir, worktreeBirth: birth, basePort, place: readPlace(), reservedAt };
  return basePort;
}

function findFreeBlock(registry: Registry, { stackId, listeningPorts }: ReservationRequest): number {
  const reserved = new Set(Object.values(registry.stacks).map((reservation) => reservation.basePort));
  const listening = listeningPorts();
  // The stack id is itself a hash of the real path; 8 hex digits are plenty for a choice among some 800.
  const first = Number.parseInt(stackId.slice(0, 8), 16) % blockCount;
  for (let step = 0; step < blockCount; step += 1) {
    const basePort = portRange.first + ((first + step) % blockCount) * portRange.blockSize;
    if (!reserved.has(basePort) && !isBlockInUse(basePort, listening)) return basePort;
  }
  throw new ObsError('OBS_NO_FREE_PORTS', { ...portRange, reserved: reserved.size });
}

function isBlockInUse(basePort: number, listening: ReadonlySet<number>): boolean {
  for (let port = basePort; port < basePort + portRange.blockSize; port += 1) if (listening.has(port)) return true;
  return false;
}

function readRegistryText(root: string): string | undefined {
  try {
    return readFileSync(join(root, 'registry.json'), 'utf8');
  } catch (error) {
    if (readErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseRegistry(root: string, text: string | undefined): Registry {
  if (text === undefined) return { version: 1, stacks: {} };
  try {
    return registrySchema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new ObsError('OBS_REGISTRY_BROKEN', { file: join(root, 'registry.json'), reason }, { cause: error });
  }
}
