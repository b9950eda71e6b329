// The parts of a startup, from what was seen outside (first line, port, ready) and what the preload saw inside.
import { z } from 'zod';
import { type StartupPhase, slowModuleSchema } from '../../model/run.ts';

/** What the preload writes into the spool; see preload/startup-record.ts. */
export const startupRecordSchema = z.object({
  pid: z.number(),
  program: z.string().nullable(),
  originMs: z.number(),
  bootedMs: z.number(),
  preloadStartMs: z.number(),
  preloadEndMs: z.number(),
  /** Null where the runtime does not tell. */
  mainLoadedMs: z.number().nullable(),
  slowestModules: z.array(slowModuleSchema).default([]),
  stoodBackFor: z.string().nullable(),
});
export type StartupRecord = z.infer<typeof startupRecordSchema>;

export interface StartupMoments {
  /** Epoch milliseconds of the spawn. */
  readonly spawnedAtMs: number;
  /** Milliseconds after the spawn; null for what did not happen. */
  readonly firstLineMs: number | null;
  readonly portOpenMs: number | null;
  readonly readyMs: number;
  /** Of the process that serves; null where nothing is known of its inside. */
  readonly inside: StartupRecord | null;
}

interface Mark {
  readonly name: string;
  readonly endMs: number;
}

/** The phases in order, each from the end of the one before; what took no time is left out. */
export function makePhases(moments: StartupMoments): StartupPhase[] {
  const phases: StartupPhase[] = [];
  let startMs = 0;
  for (const { name, endMs } of [...listInsideMarks(moments), ...listOutsideMarks(moments)]) {
    const end = Math.min(endMs, moments.readyMs);
    if (end <= startMs) continue;
    const slowest = name === 'modules' ? (moments.inside?.slowestModules ?? []) : [];
    phases.push({ name, startMs, endMs: end, ...(slowest.length === 0 ? {} : { slowest }) });
    startMs = end;
  }
  return phases;
}

function listInsideMarks({ inside, spawnedAtMs }: StartupMoments): Mark[] {
  if (inside === null) return [];
  const after = (ms: number): number => inside.originMs + ms - spawnedAtMs;
  const marks = [
    { name: 'spawn', endMs: after(0) },
    { name: 'runtime', endMs: after(inside.preloadStartMs) },
    { name: 'preload', endMs: after(inside.preloadEndMs) },
  ];
  return inside.mainLoadedMs === null ? marks : [...marks, { name: 'modules', endMs: after(inside.mainLoadedMs) }];
}

/** In the order in which they happened: some programs speak first, others listen first. */
function listOutsideMarks({ firstLineMs, portOpenMs, readyMs }: StartupMoments): Mark[] {
  const early: Mark[] = [];
  if (firstLineMs !== null) early.push({ name: 'first log', endMs: firstLineMs });
  if (portOpenMs !== null) early.push({ name: 'port open', endMs: portOpenMs });
  return [...early.sort((one, other) => one.endMs - other.endMs), { name: 'ready', endMs: readyMs }];
}
