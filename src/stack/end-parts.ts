// Ending all that runs for a stack: first the apps that obs boots in it, then the backend and its keeper. Only processes
// whose pid, start time and boot id were recorded are ever signalled.
import { KeeperClient } from '../clients/keeper.ts';
import { makeEndpoints } from '../model/ports.ts';
import type { RunRecord } from '../model/run.ts';
import type { StackState } from '../model/stack-state.ts';
import { findRuntime } from '../runtimes/choose.ts';
import type { EndedPart, RuntimeRequest, StopManner } from '../runtimes/runtime.ts';
import { endProcess } from '../std/end-process.ts';
import { isRunning } from '../std/process-identity.ts';

/** A supervisor passes SIGTERM on to its app, waits for it and flushes its output. */
const supervisorGraceMs = 7000;
const appGraceMs = 2000;
const runsTimeoutMs = 1000;

/** Ends apps, backend and keeper of a stack, and says how each of them ended. */
export async function endStackParts(request: RuntimeRequest, manner: StopManner): Promise<EndedPart[]> {
  const runs = await readRuns(request.state);
  const apps = await Promise.all(runs.map(endRun));
  return [...apps.flat(), ...(await findRuntime(request.state.runtime).stop(request, manner))];
}

// The keeper knows best; when it is dead, the last state that it wrote does.
async function readRuns(state: StackState): Promise<readonly RunRecord[]> {
  if (state.keeper === null || !isRunning(state.keeper)) return state.runs;
  const keeper = new KeeperClient({ url: makeEndpoints(state.basePort).otlpHttp, token: state.token });
  return keeper.runs({ timeoutMs: runsTimeoutMs }).catch(() => state.runs);
}

async function endRun(run: RunRecord): Promise<EndedPart[]> {
  const ended: EndedPart[] = [];
  if (isRunning(run.supervisor) && run.supervisor.pid !== process.pid) {
    const how = await endProcess(run.supervisor, { graceMs: supervisorGraceMs });
    ended.push({ what: `obs run of ${run.app}`, pid: run.supervisor.pid, how });
  }
  if (run.process !== null && isRunning(run.process)) {
    const how = await endProcess(run.process, { graceMs: appGraceMs, wholeGroup: true });
    ended.push({ what: `app ${run.app}`, pid: run.process.pid, how });
  }
  return ended;
}
