// Booting and stopping apps.
import { entry } from '../entry.ts';

void entry; // replaced by the first entry

export const appErrors = {};
