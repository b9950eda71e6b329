// What `obs check` answers: the structured half.
import { z } from 'zod';
import { verdictSchema } from '../../model/verdict.ts';

export const checkAnswerSchema = z.object({
  /** What was judged: runs, or a window. */
  scope: z.object({
    kind: z.enum(['latest', 'run', 'window']),
    runs: z.array(z.string()),
    from: z.string().nullable(),
  }),
  summary: z.object({ pass: z.number(), fail: z.number(), warn: z.number(), noData: z.number() }),
  verdicts: z.array(verdictSchema),
  /** What makes the verdicts less sure: spans that were still open when the wait for them was over. */
  warnings: z.array(z.string()),
});
export type CheckAnswer = z.infer<typeof checkAnswerSchema>;
