// An empty answer: what was searched, what nearly matched, and what to try.
import { z } from 'zod';

export const emptySchema = z.object({
  /** What was looked for, and where. */
  searched: z.string(),
  /** What nearly matched: nearest labels and values, the newest record before the window. */
  findings: z.array(z.string()),
  /** Commands that are likely to find something. */
  tries: z.array(z.string()),
});
export type Empty = z.infer<typeof emptySchema>;
