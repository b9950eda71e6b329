// The stretch of time that an answer is about, both ends as RFC 3339.
import { z } from 'zod';

export const windowOutput = z.object({ from: z.string(), to: z.string() });
