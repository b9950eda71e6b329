// The keeper: start, control, ingest.
import { entry } from '../entry.ts';

void entry; // replaced by the first entry

export const keeperErrors = {};
