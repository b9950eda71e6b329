// What `obs trace` answers: the structured half.
import { z } from 'zod';

const rowSchema = z.object({
  spanId: z.string(),
  depth: z.number(),
  name: z.string(),
  service: z.string(),
  kind: z.string(),
  /** Milliseconds after the start of the trace. */
  startMs: z.number(),
  durationMs: z.number(),
  /** What no child covers. */
  selfMs: z.number(),
  error: z.boolean(),
  statusMessage: z.string(),
  statement: z.string().nullable(),
  /** The end of the trace waited for it. */
  critical: z.boolean(),
  /** Its parent is not in the trace. */
  orphan: z.boolean(),
  /** How many like siblings the row stands for. */
  folded: z.number(),
  /** The first few, in milliseconds after the start of the trace; none for folded rows. */
  events: z.array(z.object({ afterMs: z.number(), name: z.string() })),
});
export type TraceSpanRow = z.infer<typeof rowSchema>;

export const traceAnswerSchema = z.object({
  traceId: z.string(),
  start: z.string(),
  durationMs: z.number(),
  root: z.string(),
  services: z.array(z.string()),
  /** Asked for with `full`: no row is folded or left out to save words. */
  isWhole: z.boolean(),
  spanCount: z.number(),
  errorCount: z.number(),
  /** What is missing: spans whose parent was never received, several roots. */
  notes: z.array(z.string()),
  /** What the end of the trace waited for, like spans together, largest share first; `spanId` is the first of them. */
  criticalPath: z.array(
    z.object({ spanId: z.string(), name: z.string(), service: z.string(), ownMs: z.number(), spans: z.number() }),
  ),
  spans: z.array(rowSchema),
  spansShown: z.number(),
  errors: z.array(z.object({ spanId: z.string(), name: z.string(), service: z.string(), message: z.string() })),
  logs: z.array(
    z.object({
      time: z.string(),
      afterMs: z.number(),
      service: z.string(),
      level: z.string(),
      spanId: z.string().nullable(),
      line: z.string(),
    }),
  ),
  detail: z
    .object({
      spanId: z.string(),
      attributes: z.record(z.string(), z.string()),
      resource: z.record(z.string(), z.string()),
      events: z.array(
        z.object({ afterMs: z.number(), name: z.string(), attributes: z.record(z.string(), z.string()) }),
      ),
    })
    .nullable(),
});
export type TraceAnswer = z.infer<typeof traceAnswerSchema>;
