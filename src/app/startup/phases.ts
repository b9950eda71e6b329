// The parts of a startup, from what was seen outside (first line, port, ready) and what the preload saw inside.
import { z } from 'zod';
import type { StartupPhase } from '../../model/run.ts';

/** What the preload writes into the spool; see preload/startup-record.ts. */
export const startupRecordSchema = z.object({
  pid: z.number(),
  program: z.string().nullable(),
  originMs: z.number(),
  bootedMs: z.number(),
  preloadStartMs: z.number(),
  preloadEndMs: z.number(),
  mainLoadedMs: z.number(),
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
  /** Of the Node process that serves; null for other languages. */
  readonly inside: StartupRecord | null;
}

/** The phases in order, each from the end of the one before; what took no time is left out. */
export function makePhases(moments: StartupMoments): StartupPhase[] {
  const ends = [...listInsideEnds(moments), ['port open', moments.portOpenMs], ['ready', moments.readyMs]] as const;
  const phases: StartupPhase[] = [];
  let startMs = 0;
  for (const [name, endMs] of ends) {
    if (endMs === null || endMs <= startMs) continue;
    const end = Math.min(endMs, moments.readyMs);
    if (end > startMs) phases.push({ name, startMs, endMs: end });
    startMs = end;
  }
  return phases;
}

function listInsideEnds({ inside, spawnedAtMs, firstLineMs }: StartupMoments): [string, number | null][] {
  if (inside === null) return [['first line', firstLineMs]];
  const after = (ms: number): number => inside.originMs + ms - spawnedAtMs;
  return [
    ['spawn', after(0)],
    ['runtime', after(inside.preloadStartMs)],
    ['preload', after(inside.preloadEndMs)],
    ['modules', after(inside.mainLoadedMs)],
  ];
}
