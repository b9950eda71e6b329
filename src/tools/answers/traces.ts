// What `obs traces` answers: the structured half.
import { z } from 'zod';
import { emptySchema } from './empty.ts';
import { seriesRowSchema } from './series.ts';
import { windowOutput } from './window.ts';

const traceRowSchema = z.object({
  traceId: z.string(),
  time: z.string(),
  root: z.string(),
  service: z.string(),
  durationMs: z.number(),
  spans: z.number(),
  errors: z.number(),
  services: z.array(z.string()),
  /** Spans that the query selected, and the first of them. */
  matched: z.number(),
  matches: z.array(z.object({ spanId: z.string(), name: z.string(), service: z.string(), durationMs: z.number() })),
});
export type TraceRow = z.infer<typeof traceRowSchema>;

export const tracesAnswerSchema = z.object({
  query: z.string(),
  window: windowOutput,
  kind: z.enum(['traces', 'series']),
  /** Newest first. */
  traces: z.array(traceRowSchema),
  series: z.array(seriesRowSchema),
  more: z.boolean(),
  cursor: z.string().nullable(),
  /** The command that gets older traces. */
  next: z.string().nullable(),
  /** What the store says beside the answer: that older data was pruned. */
  warnings: z.array(z.string()),
  empty: emptySchema.nullable(),
});
export type TracesAnswer = z.infer<typeof tracesAnswerSchema>;
