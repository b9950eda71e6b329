// Who answers on a port: asked before anything of an unknown process is believed.
import type { Identity } from '../../model/keeper-api.ts';
import type { StackState } from '../../model/stack-state.ts';
import type { ProcessMark } from '../../std/process-identity.ts';
import { obsVersion } from '../../std/version.ts';
import type { Route } from '../http/types.ts';
import { jsonAnswer } from './json.ts';

/** GET /obs/identity of one port; needs no token. */
export function makeIdentityRoute(role: Identity['role'], mark: ProcessMark, state: StackState): Route {
  const identity: Identity = {
    product: 'obs',
    stackId: state.stackId,
    worktree: state.worktree,
    role,
    pid: mark.pid,
    startTime: mark.startTime,
    version: obsVersion,
  };
  return { method: 'GET', path: '/obs/identity', handler: () => jsonAnswer(identity) };
}
