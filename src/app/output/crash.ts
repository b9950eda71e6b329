// An error that nobody caught, as the preload leaves it in the spool; see preload/sdk/crash-watch.ts.
import { z } from 'zod';

export const crashSchema = z.object({
  atMs: z.number(),
  type: z.string(),
  message: z.string(),
  stack: z.string(),
  traceId: z.string(),
  spanId: z.string(),
});
export type Crash = z.infer<typeof crashSchema>;
