// A run as tools show it, in both halves of the answer.
import { z } from 'zod';
import { frontPortName } from '../../model/ports.ts';
import { type RunRecord, runStates, startupPhaseSchema } from '../../model/run.ts';
import { paint } from '../render/paint.ts';
import type { RenderStyle } from '../tool.ts';

export const runDocumentSchema = z.object({
  app: z.string(),
  runId: z.string().describe('scope of obs check --run and attribute obs.run.id of its telemetry'),
  service: z.string(),
  state: z.enum(runStates),
  pid: z.number().nullable(),
  detached: z.boolean(),
  startupMs: z.number().nullable().describe('spawn to ready; null if it never became ready'),
  phases: z.array(startupPhaseSchema),
  ports: z.record(z.string(), z.number()),
  url: z.string().nullable(),
  browserUrl: z.string().nullable().describe('the address for browsers: the same pages, reporting their telemetry'),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
});
export type RunDocument = z.infer<typeof runDocumentSchema>;

export function makeRunDocument(run: RunRecord): RunDocument {
  const { app, runId, service, state, detached, startupMs, phases, ports, exitCode, signal } = run;
  const [port] = Object.entries(ports).flatMap(([name, one]) => (name === frontPortName ? [] : [one]));
  const frontPort = ports[frontPortName];
  return {
    app,
    runId,
    service,
    state,
    pid: run.process?.pid ?? null,
    detached,
    startupMs,
    phases,
    ports,
    url: port === undefined ? null : `http://127.0.0.1:${port}`,
    browserUrl: frontPort === undefined ? null : `http://127.0.0.1:${frontPort}`,
    exitCode,
    signal,
  };
}

const colours = { starting: 'yellow', ready: 'green', exited: 'green', stopped: 'blue', failed: 'red' } as const;

/** One line: what it is, how long the start took and where that time went. */
export function renderRun(run: RunDocument, style: RenderStyle): string {
  const started = run.startupMs === null ? '' : ` in ${Math.round(run.startupMs)} ms${renderPhases(run)}`;
  const ended = run.signal ?? (run.exitCode === null ? null : `exit code ${run.exitCode}`);
  const state = paint(style, colours[run.state], run.state);
  const forBrowsers = run.browserUrl && `for browsers ${run.browserUrl}`;
  return [`${run.app}  ${state}${started}`, run.url, forBrowsers, run.pid && `pid ${run.pid}`, run.runId, ended]
    .filter(Boolean)
    .join('  ');
}

function renderPhases({ phases }: RunDocument): string {
  const parts = phases.map(({ name, startMs, endMs }) => `${name} ${Math.round(endMs - startMs)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
