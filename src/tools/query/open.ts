// The running stack that a query goes to, and clients for its three servers. Queries never start a stack.

import { z } from 'zod';
import { LokiClient } from '../../clients/loki.ts';
import { PrometheusClient } from '../../clients/prometheus.ts';
import { TempoClient } from '../../clients/tempo.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { judgeStack } from '../../stack/condition.ts';
import { listStackIds, makeStackPaths } from '../../stack/paths.ts';
import { makeRunningStack, type RunningStack, requireStack } from '../../stack/running-stack.ts';
import { readStackState } from '../../stack/state-file.ts';
import { findStateRoot } from '../../stack/state-root.ts';
import { findTarget } from '../stack/target.ts';
import type { ToolContext } from '../tool.ts';

export interface QueryStack {
  readonly stack: RunningStack;
  readonly loki: LokiClient;
  readonly prometheus: PrometheusClient;
  readonly tempo: TempoClient;
}

/** Input field of every tool that asks a stack. */
export const stackField = {
  stack: z.string().optional().describe('id of another stack of this user, as obs ps shows it'),
};

/** Opens the stack of the worktree, or the one named. @throws ObsError OBS_NO_STACK, OBS_KEEPER_DIED, OBS_UNKNOWN_STACK */
export async function openQueryStack(context: ToolContext, stackId?: string): Promise<QueryStack> {
  const stack = stackId === undefined ? await requireOwnStack(context) : findStack(context, stackId);
  const { endpoints } = stack;
  const options = { signal: context.signal };
  return {
    stack,
    loki: new LokiClient(endpoints.loki, options),
    prometheus: new PrometheusClient(endpoints.prometheus, options),
    tempo: new TempoClient(endpoints.tempo, options),
  };
}

function requireOwnStack(context: ToolContext): Promise<RunningStack> {
  return requireStack({ ...findTarget(context), signal: context.signal });
}

function findStack({ env }: ToolContext, stackId: string): RunningStack {
  if (stackId.startsWith('capture:'))
    throw new ObsError('OBS_NOT_BUILT', { feature: 'A query of a capture', instead: 'obs ps' });
  const root = findStateRoot(env);
  const paths = makeStackPaths(root, stackId);
  const state = /^[0-9a-f]{12}$/.test(stackId) ? readStackState(paths.stateFile) : undefined;
  if (state === undefined) throw new ObsError('OBS_UNKNOWN_STACK', { stackId, known: listStackIds(root) });
  if (judgeStack(state, paths) !== 'running') throw new ObsError('OBS_NO_STACK', { worktree: state.worktree });
  return makeRunningStack(root, state);
}
