// All that is needed to boot one app, decided beforehand. It is plain data, so that the same supervisor code runs it here
// or in a process of its own.
import { z } from 'zod';

const readyConditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('http'), target: z.string() }),
  z.strictObject({ kind: z.literal('log-text'), text: z.string() }),
  z.strictObject({ kind: z.literal('log-pattern'), pattern: z.string(), flags: z.string() }),
  z.strictObject({ kind: z.literal('port'), port: z.string() }),
  z.strictObject({ kind: z.literal('exit') }),
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('first-port') }),
]);

export const appPlanSchema = z.strictObject({
  runId: z.string(),
  app: z.string(),
  service: z.string(),
  /** A command line for the shell, or a program with its arguments. */
  command: z.union([z.string(), z.array(z.string()).min(1)]),
  cwd: z.string(),
  /** The whole environment of the app. */
  env: z.record(z.string(), z.string()),
  ports: z.record(z.string(), z.number().int()),
  ready: z.strictObject({ condition: readyConditionSchema, timeoutMs: z.number().positive() }),
  /** What an app that does not become ready in time means: a failure, or only a run without a startup time. */
  readyIsRequired: z.boolean(),
  /** Path or URL of its Prometheus page. */
  metricsPage: z.string().nullable(),
  stop: z.strictObject({ signal: z.string(), timeoutMs: z.number() }),
  detached: z.boolean(),
  /** Whether lines that it prints may come a second time, sent by itself. */
  sendsLines: z.boolean(),
  /** Whether its boot waits until no other measured boot of this machine is under way. */
  takesTurn: z.boolean(),
  /** Port of the address at which browsers get its pages with the loader in them; null if none is wanted. */
  frontPort: z.number().int().nullable(),
  /** Whether the app gets a terminal of its own instead of pipes. */
  terminal: z.boolean(),
  identity: z.strictObject({
    stackId: z.string(),
    worktree: z.string(),
    branch: z.string().nullable(),
    commit: z.string().nullable(),
  }),
  otlpHttp: z.string(),
  /** Base URL of the stack's Loki API. */
  loki: z.string(),
  token: z.string(),
  /** Folder of the lock by which measured boots take turns. */
  turnLock: z.string(),
  /** Folder of this run: spool of the preload, and log of a detached app. */
  runDir: z.string(),
});
export type AppPlan = z.infer<typeof appPlanSchema>;

/** The same boot once more, as another run: its id is part of its environment and of its folders. */
export function renewPlan(plan: AppPlan, runId: string): AppPlan {
  return appPlanSchema.parse(JSON.parse(JSON.stringify(plan).replaceAll(plan.runId, runId)));
}

/** The command as a person would type it. */
export function showCommand(command: AppPlan['command']): string {
  if (typeof command === 'string') return command;
  return command
    .map((word) => (/^[\w./:@%+=,~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
