// The whole catalogue. One file per subject; a code, once released, keeps its meaning for ever.
import { appErrors } from './app.ts';
import { budgetErrors } from './budget.ts';
import { configErrors } from './config.ts';
import { dockerErrors } from './docker.ts';
import { keeperErrors } from './keeper.ts';
import { nativeErrors } from './native.ts';
import { queryErrors } from './query.ts';
import { remoteErrors } from './remote.ts';
import { stackErrors } from './stack.ts';
import { usageErrors } from './usage.ts';
import { worktreeErrors } from './worktree.ts';

export const catalogue = {
  ...usageErrors,
  ...worktreeErrors,
  ...configErrors,
  ...stackErrors,
  ...dockerErrors,
  ...keeperErrors,
  ...remoteErrors,
  ...nativeErrors,
  ...appErrors,
  ...queryErrors,
  ...budgetErrors,
};
