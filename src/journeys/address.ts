// Where the paths of a journey go: the port of its app's run that is alive.
import type { RunRecord } from '../model/run.ts';

/** The app that a journey drives: the one it names, or the only one that is declared or running; null if open. */
export function chooseApp(
  named: string | undefined,
  declared: readonly string[],
  runs: readonly RunRecord[],
): string | null {
  if (named !== undefined) return named;
  if (declared.length === 1) return declared[0] ?? null;
  const alive = new Set(runs.filter(isAlive).map((run) => run.app));
  return alive.size === 1 ? ([...alive][0] ?? null) : null;
}

/** The run of an app that is alive, newest first. */
export function findLiveRun(app: string | null, runs: readonly RunRecord[]): RunRecord | undefined {
  return [...runs].sort((a, b) => b.startedAtMs - a.startedAtMs).find((run) => run.app === app && isAlive(run));
}

/** `http://127.0.0.1:PORT` of a run: the port called PORT, else the first one it has; null without any. */
export function findBaseUrl(run: RunRecord | undefined): string | null {
  const port = run?.ports.PORT ?? Object.values(run?.ports ?? {})[0];
  return port === undefined ? null : `http://127.0.0.1:${port}`;
}

function isAlive(run: RunRecord): boolean {
  return run.endedAtMs === null && (run.state === 'starting' || run.state === 'ready');
}
