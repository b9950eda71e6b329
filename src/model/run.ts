// A run: one boot of one app, as the keeper records it and every verb reports it.
import { z } from 'zod';
import { processIdentitySchema } from './process-identity.ts';

export const runStates = ['starting', 'ready', 'exited', 'failed', 'stopped'] as const;

/** A module that took long to load, without what it loaded in turn. */
export const slowModuleSchema = z.strictObject({ name: z.string(), selfMs: z.number() });
export type SlowModule = z.infer<typeof slowModuleSchema>;

export const startupPhaseSchema = z.strictObject({
  name: z.string(),
  /** Milliseconds after spawn. */
  startMs: z.number(),
  endMs: z.number(),
  /** Of the phase in which modules are loaded: the slowest, slowest first. */
  slowest: z.array(slowModuleSchema).optional(),
});

export const runRecordSchema = z.strictObject({
  runId: z.string(),
  app: z.string(),
  /** `service.name` of the app's telemetry. */
  service: z.string(),
  command: z.string(),
  cwd: z.string(),
  state: z.enum(runStates),
  detached: z.boolean(),
  /** The app's own process; null until spawned. */
  process: processIdentitySchema.nullable(),
  /** The `obs run` that supervises it. */
  supervisor: processIdentitySchema,
  startedAtMs: z.number(),
  readyAtMs: z.number().nullable(),
  /** Spawn to ready on a monotonic clock; null if it never became ready. */
  startupMs: z.number().nullable(),
  phases: z.array(startupPhaseSchema),
  endedAtMs: z.number().nullable(),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  /** Ports by the name they have in the app's environment, and those it was seen listening on. */
  ports: z.record(z.string(), z.number().int()),
  branch: z.string().nullable(),
  commit: z.string().nullable(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
export type StartupPhase = z.infer<typeof startupPhaseSchema>;
