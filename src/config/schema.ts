// The whole of obs.yaml as one strict schema; the published JSON Schema and every message about a wrong file come from it.
import { z } from 'zod';
import { fillBounds } from '../model/limits.ts';
import { runtimeNames } from '../model/runtime-name.ts';
import { appsSchema } from './app.ts';
import { dockerSchema, nativeSchema, remoteSchema } from './backends.ts';
import { budgetsSchema } from './budget.ts';
import { durationField, sizeField } from './fields.ts';
import { journeysSchema } from './journey.ts';
import { boundFields } from './limits.ts';

/** `auto` picks docker where a local engine is ready for it, else embedded. */
export const runtimeChoices = ['auto', ...runtimeNames] as const;
export type RuntimeChoice = (typeof runtimeChoices)[number];

export const defaultTtlMs = 12 * 3_600_000;
const defaultLimits = { memory: 256_000_000, retention: 7 * 86_400_000, ...fillBounds() };

const limitsSchema = z
  .strictObject({
    memory: sizeField.default(defaultLimits.memory).describe('telemetry kept in memory; default 256MB'),
    retention: durationField.default(defaultLimits.retention).describe('older telemetry is pruned; default 7d'),
    ...boundFields,
  })
  .default(defaultLimits)
  .describe('limits of the stack');

const redactSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('mask secrets before they are stored'),
    keys: z.array(z.string()).default([]).describe('further names of attributes and fields whose values are masked'),
    patterns: z.array(z.string()).default([]).describe('further patterns (RE2) that are masked'),
    emails: z.boolean().default(false).describe('mask mail addresses too'),
  })
  .default({ enabled: true, keys: [], patterns: [], emails: false })
  .describe('masking of secrets');

export const configSchema = z
  .strictObject({
    runtime: z.enum(runtimeChoices).default('auto').describe('how the stack is run'),
    ttl: durationField.default(defaultTtlMs).describe('how long an idle stack lives; default 12h'),
    limits: limitsSchema,
    redact: redactSchema,
    docker: dockerSchema,
    native: nativeSchema,
    remote: remoteSchema,
    apps: appsSchema,
    journeys: journeysSchema,
    budgets: budgetsSchema,
  })
  .superRefine((config, context) => {
    const apps = Object.keys(config.apps);
    const refuseUnknown = (path: (string | number)[], app: string) => {
      if (apps.includes(app)) return;
      context.addIssue({ code: 'custom', path, message: `no app "${app}"`, params: { wrong: app, known: apps } });
    };
    for (const [name, app] of Object.entries(config.apps)) {
      for (const [index, need] of app.needs.entries()) refuseUnknown(['apps', name, 'needs', index], need);
    }
    for (const [name, journey] of Object.entries(config.journeys)) {
      if (journey.app !== undefined) refuseUnknown(['journeys', name, 'app'], journey.app);
    }
  });

/** obs.yaml after parsing: defaults filled in, durations in milliseconds, sizes in bytes. */
export type ObsConfig = z.output<typeof configSchema>;
