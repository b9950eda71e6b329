// Life of a stack: start, ports, state, sandbox.
import { entry } from '../entry.ts';

export const stackErrors = {
  OBS_NO_STACK: entry<{ worktree: string }>({
    exit: 4,
    what: (d) => `No stack is running for ${d.worktree}.`,
    why: () => 'Queries never start a stack; it was not started, or it was stopped.',
    fix: () => 'obs up',
  }),
};
