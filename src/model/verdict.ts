// The answer to one budget.
import { z } from 'zod';

export const verdictNames = ['pass', 'fail', 'warn', 'no_data'] as const;

export const culpritSchema = z.strictObject({
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
  /** One line a person understands: name, service, value, statement. */
  line: z.string(),
});

const quantitySchema = z.strictObject({ value: z.number(), unit: z.string() });

export const verdictSchema = z.strictObject({
  /** The budget's text, or its name in obs.yaml. */
  budget: z.string(),
  /** Where it came from: `obs.yaml:42`, `argument 1`. */
  source: z.string(),
  verdict: z.enum(verdictNames),
  observed: quantitySchema.nullable(),
  limit: quantitySchema.nullable(),
  /** How many values were judged. */
  n: z.number().int(),
  /** Smallest and largest of them, and their median. */
  spread: z.strictObject({ min: z.number(), median: z.number(), max: z.number() }).nullable(),
  culprits: z.array(culpritSchema),
  /** The query to run again. */
  query: z.string().nullable(),
  reason: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;
export type Culprit = z.infer<typeof culpritSchema>;
