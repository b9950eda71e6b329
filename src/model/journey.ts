// One invocation of a journey, as the keeper records it.
import { z } from 'zod';

export const journeyIterationSchema = z.strictObject({
  traceId: z.string(),
  warmup: z.boolean(),
  ok: z.boolean(),
  startedAtMs: z.number(),
  durationMs: z.number(),
  /** What failed, if something did: step and reason. */
  failure: z.string().nullable(),
});

export const journeyRecordSchema = z.strictObject({
  journeyId: z.string(),
  name: z.string(),
  tags: z.array(z.string()),
  /** The app it drives, and the run of that app that was alive; null if unknown. */
  app: z.string().nullable(),
  runId: z.string().nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  iterations: z.array(journeyIterationSchema),
});
export type JourneyRecord = z.infer<typeof journeyRecordSchema>;
export type JourneyIteration = z.infer<typeof journeyIterationSchema>;
