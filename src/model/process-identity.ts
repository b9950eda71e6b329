// Which process is meant. A pid alone is re-used; with start time and boot id it is not, so only that process is ever
// signalled.
import { z } from 'zod';

export const processIdentitySchema = z.strictObject({
  pid: z.number().int().positive(),
  /** Opaque start time as the operating system tells it (Linux: field 22 of /proc/PID/stat; macOS: `ps -o lstart`). */
  startTime: z.string(),
  /** Changes with each boot of the machine. */
  bootId: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;
