// Settings of the runtimes that stand on real servers: docker, native and remote.
import { z } from 'zod';
import { listVariables } from '../std/variables.ts';
import { sizeField } from './fields.ts';

const serverNames = ['loki', 'prometheus', 'tempo'] as const;

export const dockerSchema = z
  .strictObject({
    images: z
      .strictObject({
        loki: z.string().optional(),
        prometheus: z.string().optional(),
        tempo: z.string().optional(),
        grafana: z.string().optional(),
      })
      .default({})
      .describe('images other than the pinned ones'),
    memory: z
      .strictObject({ loki: sizeField.optional(), prometheus: sizeField.optional(), tempo: sizeField.optional() })
      .default({})
      .describe('memory limits; default 1GiB for loki, 512MiB for the others'),
  })
  .default({ images: {}, memory: {} })
  .describe('settings of the docker runtime');

export const nativeSchema = z
  .strictObject({ loki: z.string().optional(), prometheus: z.string().optional(), tempo: z.string().optional() })
  .default({})
  .describe('executables of the native runtime; default: those on PATH');

/** How a value of the environment is named. */
const named = `\${NAME}`;

const urlField = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) context.addIssue('an http:// or https:// address');
  else if (url.username !== '' || url.password !== '')
    context.addIssue(`an address without user and password: name them in headers, as "Basic ${named}"`);
});

/** Headers that authenticate: their values have no place in a file that is committed. */
const secretHeader = /authorization|cookie|token|secret|password|api-?key/i;

const headersField = z
  .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'a header name'), z.string())
  .superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers))
      if (secretHeader.test(name) && listVariables([value]).length === 0)
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `a secret is named, not written: "Bearer ${named}" takes it from the environment of obs up`,
        });
  })
  .default({})
  .describe(`sent along; ${named} is taken from the environment of obs up, and secrets must be`);

const remoteServer = z.strictObject({
  url: urlField.describe('base URL of its query API'),
  tenant: z.string().min(1).optional().describe('X-Scope-OrgID'),
  headers: headersField,
});

export const remoteSchema = z
  .strictObject({
    loki: remoteServer.optional(),
    prometheus: remoteServer
      .extend({
        writeUrl: urlField
          .optional()
          .describe('takes remote write; default: as Prometheus, Mimir and Grafana Cloud have it'),
      })
      .optional(),
    tempo: remoteServer
      .extend({
        writeUrl: urlField
          .optional()
          .describe('takes OTLP traces; default: /v1/traces, on port 4318 if url has port 3200'),
      })
      .optional(),
  })
  .superRefine((value, context) => {
    const missing = serverNames.filter((name) => value[name] === undefined);
    const isPartial = missing.length > 0 && missing.length < serverNames.length;
    if (isPartial) context.addIssue(`remote needs all three servers; ${missing.join(' and ')} missing`);
  })
  .default({})
  .describe('servers of the remote runtime');
