// What doctor says of the programs of the native runtime.
import { expect, test } from 'vitest';
import { configSchema } from '../../config/schema.ts';
import type { Facts } from './check.ts';
import { nativeChecks } from './native-checks.ts';

function examine(yaml: object, path: string) {
  const context = { env: { PATH: path } } as unknown as Facts['context']; // the check asks for no more of it
  const facts = { context, worktree: undefined, root: undefined, stack: undefined };
  return nativeChecks[0]?.run({ ...facts, config: configSchema.parse(yaml) });
}

test('a program that is missing is named with the place where it is published', async () => {
  const findings = await examine({ runtime: 'native', native: { loki: '/no/such/loki', tempo: process.execPath } }, '');
  expect(findings).toEqual([
    expect.objectContaining({
      status: 'fail',
      detail: 'loki: /no/such/loki is not on PATH; published at https://github.com/grafana/loki/releases',
    }),
    expect.objectContaining({ status: 'fail', detail: expect.stringContaining('https://prometheus.io/download/') }),
    { status: 'ok', detail: `tempo: ${process.execPath}`, fix: null },
  ]);
});

test('nobody misses it where native is not wanted', async () => {
  const findings = await examine({}, '/nowhere');
  expect(findings?.map(({ status }) => status)).toEqual(['note', 'note', 'note']);
});
