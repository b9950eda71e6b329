// What `obs journey` answers: the structured half.
import { z } from 'zod';

export const journeyAnswerSchema = z.object({
  journey: z.string(),
  journeyId: z.string(),
  app: z.string().nullable(),
  runId: z.string().nullable(),
  iterations: z.array(
    z.object({
      traceId: z.string(),
      warmup: z.boolean(),
      ok: z.boolean(),
      durationMs: z.number(),
      failure: z.string().nullable(),
    }),
  ),
  /** Mean and largest duration by step, warm-ups left out. */
  steps: z.array(
    z.object({ step: z.string(), runs: z.number(), avgMs: z.number(), maxMs: z.number(), failures: z.number() }),
  ),
  /** Spans of all its traces, those of obs included. */
  spans: z.number(),
  /** Those of them that apps sent; 0 says that no app took part in the traces. */
  appSpans: z.number(),
  /** Whether the traces were whole when the answer was made; if not, what was missing. */
  settled: z.boolean(),
  pending: z.array(z.string()),
});
export type JourneyAnswer = z.infer<typeof journeyAnswerSchema>;
