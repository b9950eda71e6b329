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
  /** How many lines of this text it stands for; absent: one. */
  count: z.number().optional(),
  /** When the first of them was written. */
  firstTime: z.string().optional(),
});
export type LogLineRow = z.infer<typeof lineSchema>;

const patternSchema = z.object({
  /** `<_>` stands for what varies; fits `|>` in a query. */
  pattern: z.string(),
  count: z.number(),
  service: z.string().nullable(),
  level: z.string().nullable(),
  firstTime: z.string(),
  lastTime: z.string(),
});
export type LogPatternRow = z.infer<typeof patternSchema>;

export const logsAnswerSchema = z.object({
  query: z.string(),
  window: windowOutput,
  kind: z.enum(['lines', 'series']),
  /** Newest first. */
  lines: z.array(lineSchema),
  /** Labels that all lines shown share. */
  commonLabels: z.record(z.string(), z.string()),
  /** Most frequent first; only with `patterns`. */
  patterns: z.array(patternSchema),
  /** The command for the lines of the first pattern; a model for the others. */
  patternLines: z.string().nullable(),
  series: z.array(seriesRowSchema),
  /** There are older lines than those shown. */
  more: z.boolean(),
  cursor: z.string().nullable(),
  /** The command that gets the rest. */
  next: z.string().nullable(),
  /** The command that shows the trace of the newest line that has one; errors come first. */
  trace: z.string().nullable(),
  /** What rows leave out, and the command that has it. */
  cut: z.string().nullable(),
  warnings: z.array(z.string()),
  empty: emptySchema.nullable(),
});
export type LogsAnswer = z.infer<typeof logsAnswerSchema>;
