// obs.yaml and other configuration.
import { entry } from '../entry.ts';

void entry; // replaced by the first entry

export const configErrors = {};
