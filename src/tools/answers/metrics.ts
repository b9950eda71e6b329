// What `obs metrics` answers: the structured half.
import { z } from 'zod';
import { emptySchema } from './empty.ts';
import { seriesRowSchema } from './series.ts';
import { windowOutput } from './window.ts';

export const metricsAnswerSchema = z.object({
  query: z.string(),
  /** The query was written by obs, from a question such as --p95. */
  wroteQuery: z.boolean(),
  /** An expression evaluated at one time has no window, and `at`. */
  window: windowOutput.nullable(),
  at: z.string().nullable(),
  resultType: z.string(),
  /** Draw the series in the text half. */
  plot: z.boolean(),
  series: z.array(seriesRowSchema),
  /** How many series there are; more than are listed if the answer was cut. */
  total: z.number(),
  text: z.string().nullable(),
  warnings: z.array(z.string()),
  empty: emptySchema.nullable(),
});
export type MetricsAnswer = z.infer<typeof metricsAnswerSchema>;
