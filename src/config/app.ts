// One app of obs.yaml: a program that obs boots.
import { z } from 'zod';
import { durationField, environmentField, nameField, oneOrManyField, portField } from './fields.ts';
import { defaultReadyTimeoutMs, readyField } from './ready.ts';

export const appSchema = z.strictObject({
  command: z
    .union([z.string().min(1), z.array(z.string()).min(1)])
    .describe('a shell command line, or a list of program and arguments'),
  cwd: z.string().default('.').describe('directory to start in, relative to this file'),
  env: environmentField.default({}).describe('variables added to the environment'),
  service: z.string().min(1).optional().describe('service.name of its telemetry; default: the name of the app'),
  ports: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.union([z.literal('auto'), portField]))
    .default({})
    .describe('variables that hold ports; auto: sticky for each worktree'),
  ready: readyField
    .default({ condition: { kind: 'first-port' }, timeoutMs: defaultReadyTimeoutMs })
    .describe('when it counts as ready; default: the first port it listens on'),
  metrics: z.string().optional().describe('path or URL of its Prometheus page, which is then scraped'),
  browser: z
    .boolean()
    .default(false)
    .describe('also serve its pages at a second address, with a script in them that reports loads, fetches and errors'),
  needs: oneOrManyField.default([]).describe('apps that must be ready before this one starts'),
  stop: z
    .strictObject({
      signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']).default('SIGTERM'),
      timeout: durationField.default(5000).describe('then SIGKILL; default 5s'),
    })
    .default({ signal: 'SIGTERM', timeout: 5000 })
    .describe('how it is ended'),
});

export type AppConfig = z.output<typeof appSchema>;

export const appsSchema = z.record(nameField, appSchema).default({}).describe('programs that obs boots');
