// Which instrumentations the environment asks for.
import { expect, test } from 'vitest';
import { chooseChunks } from './choice.ts';

const watched = { http: ['http'], https: ['http'], redis: ['redis', 'ioredis'], fs: ['fs'] };

const cases: { name: string; env: Record<string, string>; chosen: Record<string, string[]> }[] = [
  { name: 'all but the noisy ones', env: {}, chosen: { http: ['http'], https: ['http'], redis: ['redis', 'ioredis'] } },
  {
    name: 'those that are enabled by name, and no others',
    env: { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'fs, redis' },
    chosen: { redis: ['redis'], fs: ['fs'] },
  },
  {
    name: 'all but those that are disabled',
    env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,ioredis' },
    chosen: { redis: ['redis'] },
  },
];

test.each(cases)('$name', ({ env, chosen }) => {
  expect(Object.fromEntries(chooseChunks(watched, env))).toEqual(chosen);
});
