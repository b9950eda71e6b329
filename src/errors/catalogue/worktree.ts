// Finding the worktree that a command is about.
import { entry } from '../entry.ts';

void entry; // replaced by the first entry

export const worktreeErrors = {};
