// The state file of one stack (`state.json`): written by `up` until the keeper is ready, by the keeper alone from then on.
import { z } from 'zod';
import { backendSchema } from './backend.ts';
import { journeyRecordSchema } from './journey.ts';
import { processIdentitySchema } from './process-identity.ts';
import { runRecordSchema } from './run.ts';
import { runtimeNames } from './runtime-name.ts';

/** Raised when a reader of the old version could misunderstand the new one. */
export const stackStateVersion = 1;

export const stackStates = ['starting', 'ready', 'degraded', 'stopping', 'stopped'] as const;

const signalUsageSchema = z.strictObject({
  records: z.number(),
  bytes: z.number(),
  prunedBeforeMs: z.number().optional().describe('what is older was dropped, for its age or for lack of memory'),
});
export const usageSchema = z.strictObject({
  logs: signalUsageSchema,
  metrics: signalUsageSchema,
  traces: signalUsageSchema,
});
export type Usage = z.infer<typeof usageSchema>;

/** How secrets are masked (`redact` of obs.yaml). */
export const redactionSchema = z.strictObject({
  enabled: z.boolean(),
  /** Further names whose values are masked. */
  keys: z.array(z.string()),
  /** Further patterns (RE2) that are masked. */
  patterns: z.array(z.string()),
  emails: z.boolean(),
});
export type Redaction = z.infer<typeof redactionSchema>;

/** From where a stack was started; only from there can be seen whether its worktree is gone. */
export const placeSchema = z.strictObject({ machine: z.string(), mountNamespace: z.string() });
export type Place = z.infer<typeof placeSchema>;

export const stackStateSchema = z.strictObject({
  version: z.literal(stackStateVersion),
  stackId: z.string(),
  worktree: z.string(),
  /** Real path of the git directory; null outside git. With `worktree` it is the owner. */
  gitDir: z.string().nullable(),
  /** Changes when the worktree's directory is made anew at the same path (inode and birth time); see worktree/birth.ts. */
  worktreeBirth: z.string(),
  branch: z.string().nullable(),
  /** Null in the state of older versions, which did not record it. */
  place: placeSchema.nullable().default(null),
  runtime: z.enum(runtimeNames),
  runtimeReason: z.string(),
  state: z.enum(stackStates),
  startedAt: z.string(),
  /** Wall time of `up`, from its start to ready; null until ready. */
  readyMs: z.number().nullable(),
  basePort: z.number().int(),
  /** Needed for every control request to the keeper; the file is 0600. */
  token: z.string(),
  /** The `up` that starts it, while `starting`. */
  starter: processIdentitySchema.nullable(),
  keeper: processIdentitySchema.nullable(),
  lease: z.strictObject({ ttlMs: z.number(), expiresAtMs: z.number() }),
  /** `--listen docker`: the bridge gateway address; null if not bound there. */
  dockerListen: z.string().nullable(),
  /** Where the keeper sends what it takes and asks what it is asked; null when it stores itself (embedded). */
  backend: backendSchema.nullable().default(null),
  obsVersion: z.string(),
  limits: z.strictObject({
    memoryBytes: z.number(),
    retentionMs: z.number(),
    /** By the names of limits.ts; what is missing is as by default. */
    bounds: z.record(z.string(), z.number()).optional(),
  }),
  /** Null: as if obs.yaml said nothing of it. */
  redact: redactionSchema.nullable().default(null),
  runs: z.array(runRecordSchema),
  journeys: z.array(journeyRecordSchema),
});
export type StackState = z.infer<typeof stackStateSchema>;
