// What a supervisor process tells the verb that started it, one JSON line each on its stdout.
import { z } from 'zod';
import { runRecordSchema } from '../../model/run.ts';
import { startupSchema } from '../startup/startup-span.ts';

export const supervisorMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), line: z.string() }),
  z.object({ kind: z.literal('ready'), record: runRecordSchema, startup: startupSchema.nullable() }),
  z.object({
    kind: z.literal('failed'),
    code: z.string().nullable(),
    data: z.unknown(),
    message: z.string(),
  }),
]);
export type SupervisorMessage = z.infer<typeof supervisorMessageSchema>;
