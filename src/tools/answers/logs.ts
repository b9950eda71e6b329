// What `obs logs` answers: the structured half.
import { z } from 'zod';
import { emptySchema } from './empty.ts';
import { seriesRowSchema } from './series.ts';
import { windowOutput } from './window.ts';

const lineSchema = z.object({
  time: z.string(),
  service: z.string().nullable(),
  level: z.string().nullable(),
  line: z.string(),
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
  /** Labels that are not the same on every line shown. */
  labels: z.record(z.string(), z.string()),
});
export type LogLineRow = z.infer<typeof lineSchema>;

export const logsAnswerSchema = z.object({
  query: z.string(),
  window: windowOutput,
  kind: z.enum(['lines', 'series']),
  /** Newest first. */
  lines: z.array(lineSchema),
  /** Labels that all lines shown share. */
  commonLabels: z.record(z.string(), z.string()),
  series: z.array(seriesRowSchema),
  /** There are older lines than those shown. */
  more: z.boolean(),
  cursor: z.string().nullable(),
  /** The command that gets the rest. */
  next: z.string().nullable(),
  warnings: z.array(z.string()),
  empty: emptySchema.nullable(),
});
export type LogsAnswer = z.infer<typeof logsAnswerSchema>;
