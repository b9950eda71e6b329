// One series of an answer: its points or a summary of them.
import { z } from 'zod';

// NaN and infinities are no JSON numbers, so values travel as text, as they do in Prometheus's own answers.
const pointSchema = z.tuple([z.number(), z.string()]);

export const seriesRowSchema = z.object({
  series: z.string(),
  /** `[milliseconds since 1970, value]`; null where only the summary is given. */
  points: z.array(pointSchema).nullable(),
  summary: z.object({
    count: z.number(),
    first: z.string(),
    last: z.string(),
    min: z.string(),
    max: z.string(),
    avg: z.string(),
    lastAt: z.string().nullable(),
  }),
  /** Shape of the values, one mark each, lowest to highest: ▁▂▃▄▅▆▇█. */
  sparkline: z.string(),
});
export type SeriesRow = z.infer<typeof seriesRowSchema>;
