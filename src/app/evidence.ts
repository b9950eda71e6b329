// What a boot of an app left behind for `obs doctor`, in the folder of the run: how it went, what its Node processes said
// of themselves, and the settings of its environment that decide where telemetry goes.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../std/atomic-file.ts';
import type { AppPlan } from './plan.ts';
import { startupRecordSchema } from './startup/phases.ts';

export const evidenceSchema = z.object({
  /** How waiting for ready ended; null while it goes on. */
  outcome: z.enum(['ready', 'exited', 'timeout']).nullable(),
  waitedFor: z.string(),
  /** OTEL_* variables of the app. */
  telemetryEnv: z.record(z.string(), z.string()),
  startups: z.array(startupRecordSchema),
  lastLines: z.array(z.string()),
});
export type Evidence = z.infer<typeof evidenceSchema>;

const fileName = 'evidence.json';

/** Writes what is known now; a stack folder that is gone is no error. */
export function writeEvidence(plan: AppPlan, seen: Omit<Evidence, 'telemetryEnv'>): void {
  const telemetryEnv = Object.fromEntries(
    // Headers carry credentials.
    Object.entries(plan.env).filter(([name]) => name.startsWith('OTEL_') && !name.includes('HEADERS')),
  );
  try {
    mkdirSync(plan.runDir, { recursive: true, mode: 0o700 });
    writeFileAtomic(join(plan.runDir, fileName), JSON.stringify({ ...seen, telemetryEnv }), { mode: 0o600 });
  } catch {
    // `down` was faster.
  }
}

/** The evidence of a run; undefined if it left none. */
export function readEvidence(runDir: string): Evidence | undefined {
  try {
    return evidenceSchema.safeParse(JSON.parse(readFileSync(join(runDir, fileName), 'utf8'))).data;
  } catch {
    return undefined;
  }
}
