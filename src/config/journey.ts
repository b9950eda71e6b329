// One journey of obs.yaml: named steps that a user takes.
import { z } from 'zod';
import { durationField, environmentField, nameField, oneOrManyField } from './fields.ts';

const httpMethods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

const defaultStepTimeoutMs = 30_000;

export interface HttpStep {
  readonly kind: 'http';
  readonly name: string | null;
  /** `GET`, `POST`, … */
  readonly method: string;
  /** A path on the journey's app, or a whole URL. */
  readonly target: string;
  readonly json: unknown;
  readonly form: Readonly<Record<string, string>> | null;
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Accepted status codes; null: any below 400. */
  readonly expect: readonly number[] | null;
  readonly timeoutMs: number;
}

export interface ShellStep {
  readonly kind: 'run';
  readonly name: string | null;
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export type JourneyStep = HttpStep | ShellStep;

const statusField = z.number().int().min(100).max(599);
const targetField = z.string().min(1).optional();

const httpField = z.strictObject({
  get: targetField.describe('a path on the app of the journey, or a whole URL'),
  post: targetField,
  put: targetField,
  patch: targetField,
  delete: targetField,
  head: targetField,
  options: targetField,
  json: z.unknown().optional().describe('body, sent as JSON'),
  form: environmentField.optional().describe('body, sent as a form'),
  body: z.string().optional().describe('body, sent as it is'),
  headers: z.record(z.string(), z.string()).default({}),
  expect: z
    .union([statusField, z.array(statusField).min(1)])
    .optional()
    .describe('accepted status codes; default: any below 400'),
});

const stepSchema = z
  .strictObject({
    name: z.string().optional().describe('name of the span of this step'),
    http: httpField.optional().describe('an HTTP request'),
    run: z.string().min(1).optional().describe('a shell command line'),
    cwd: z.string().default('.').describe('directory of the command, relative to this file'),
    env: environmentField.default({}).describe('variables added for the command'),
    timeout: durationField.default(defaultStepTimeoutMs).describe('default 30s'),
  })
  .transform((step, context): JourneyStep => {
    const common = { name: step.name ?? null, timeoutMs: step.timeout };
    if (step.run !== undefined && step.http === undefined) {
      return { kind: 'run', command: step.run, cwd: step.cwd, env: step.env, ...common };
    }
    if (step.http === undefined || step.run !== undefined) {
      context.addIssue('a step needs one of http and run');
      return z.NEVER;
    }
    const methods = httpMethods.filter((method) => step.http?.[method] !== undefined);
    const method = methods[0];
    if (method === undefined || methods.length > 1) {
      context.addIssue(`an http step needs one method of ${httpMethods.join(', ')}`);
      return z.NEVER;
    }
    return { kind: 'http', ...common, ...readHttp(step.http, method) };
  });

function readHttp(http: z.output<typeof httpField>, method: (typeof httpMethods)[number]) {
  const { json, form, body, headers, expect } = http;
  return {
    method: method.toUpperCase(),
    target: http[method] ?? '/',
    json,
    form: form ?? null,
    body: body ?? null,
    headers,
    expect: expect === undefined ? null : Array.isArray(expect) ? expect : [expect],
  };
}

export const journeySchema = z.strictObject({
  tags: oneOrManyField.default([]).describe('words by which budgets find it: "no span in critical journeys"'),
  app: z.string().optional().describe('app that its paths go to; default: the only one'),
  repeat: z.number().int().min(1).default(1).describe('measured iterations'),
  warmup: z.number().int().min(0).default(0).describe('iterations before that, not measured'),
  steps: z.array(stepSchema).min(1),
});

export type JourneyConfig = z.output<typeof journeySchema>;

export const journeysSchema = z.record(nameField, journeySchema).default({}).describe('named steps that a user takes');
