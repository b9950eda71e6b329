// The contract suite of runtimes, for the native one: the genuine servers where OBS_TEST_NATIVE_BIN names them, else
// stand-ins (test/native/stand-in.mjs).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { listServers, makePath } from '../native/programs.ts';
import { describeRuntimeContract } from './runtime.ts';

// The state folder lies below it, too, so that it tells this suite's servers from others.
const folder = mkdtempSync(join(tmpdir(), 'obs-native-'));

describeRuntimeContract({
  name: 'native',
  flags: [],
  env: { PATH: makePath(join(folder, 'bin')), TMPDIR: folder },
  remembersProbe: true,
  listLeftovers: () => listServers(folder),
  timeoutMs: 120_000,
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));
