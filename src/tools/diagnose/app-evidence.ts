// What is known about the latest run of one app, gathered for the checks of apps.

import { join } from 'node:path';
import { type Evidence, readEvidence } from '../../app/evidence.ts';
import type { Arrival, Refusal } from '../../model/keeper-api.ts';
import { pageServiceSuffix } from '../../model/page-identity.ts';
import type { RunRecord } from '../../model/run.ts';
import type { RunningStack } from '../../stack/running-stack.ts';

export interface AppEvidence {
  readonly run: RunRecord;
  readonly evidence: Evidence | undefined;
  /** Spans that the app itself sent in this run. */
  readonly spans: number;
  readonly endpoint: string;
  readonly grpcEndpoint: string;
  /** Requests that the keeper refused since the run began. */
  readonly refusals: readonly Refusal[];
  readonly nowMs: number;
}

/** The latest run of each app, with what it left behind. */
export async function gatherApps(stack: RunningStack, nowMs: number): Promise<AppEvidence[]> {
  const [runs, { arrivals, refusals }] = await Promise.all([stack.keeper.runs(), stack.keeper.arrivals()]);
  const latest = new Map(runs.map((run) => [run.app, run]));
  return [...latest.values()].map((run) => ({
    run,
    evidence: readEvidence(join(stack.paths.dir, 'apps', run.runId)),
    spans: countSpans(arrivals, run),
    endpoint: stack.endpoints.otlpHttp,
    grpcEndpoint: stack.endpoints.otlpGrpc,
    refusals: refusals.filter(({ atMs }) => atMs >= run.startedAtMs),
    nowMs,
  }));
}

// Startup and phases are spans of ours, which bear the app's run id too.
function countSpans(arrivals: readonly Arrival[], run: RunRecord): number {
  const ofRun = arrivals.filter(({ runId, service, signal }) => {
    // Its pages send for themselves.
    return runId === run.runId && signal === 'traces' && service !== `${run.service}${pageServiceSuffix}`;
  });
  const own = run.startupMs === null ? 0 : 1 + run.phases.length;
  return Math.max(0, ofRun.reduce((sum, { records }) => sum + records, 0) - own);
}
