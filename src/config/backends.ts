// Settings of the runtimes that stand on real servers: docker, native and remote.
import { z } from 'zod';
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

const remoteServer = z.strictObject({
  url: z.string().min(1).describe('base URL'),
  tenant: z.string().optional().describe('X-Scope-OrgID'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('sent along; a secret is named as an environment variable: $NAME in braces'),
});

export const remoteSchema = z
  .strictObject({
    loki: remoteServer.optional(),
    prometheus: remoteServer.optional(),
    tempo: remoteServer.optional(),
  })
  .superRefine((value, context) => {
    const missing = serverNames.filter((name) => value[name] === undefined);
    const isPartial = missing.length > 0 && missing.length < serverNames.length;
    if (isPartial) context.addIssue(`remote needs all three servers; ${missing.join(' and ')} missing`);
  })
  .default({})
  .describe('servers of the remote runtime');
