// Which programs a command starts.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findLaunches } from './launch.ts';

const cases: { command: string | string[]; programs: string[] }[] = [
  { command: ['node', 'a.js'], programs: ['node'] },
  { command: 'exec python3 app.py', programs: ['python3'] },
  { command: 'PORT=1 env A=b npm start', programs: ['npm'] },
  { command: 'npm run build && java -jar "a b.jar" | tee log', programs: ['npm', 'java', 'tee'] },
  { command: ['sh', '-c', 'flask run & node worker.js'], programs: ['flask', 'node'] },
  { command: ['bash', 'start.sh'], programs: ['bash'] },
  { command: './bin/server --port 80', programs: ['server'] },
  { command: '', programs: [] },
];

test.each(cases)('$command starts $programs', ({ command, programs }) => {
  const launches = findLaunches({ command, cwd: '/', env: {} });
  expect(launches.map(({ program }) => program)).toEqual(programs);
});

test('a script is known by the interpreter that its first line names, found on the PATH of the app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'obs-launch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  write('flask', '#!/venv/bin/python3\n');
  write('serve', '#!/usr/bin/env ruby\n');
  write('ruby', '');
  const env = { PATH: folder };
  const find = (command: string) => findLaunches({ command, cwd: folder, env })[0];
  expect(find('flask run')).toMatchObject({ file: join(folder, 'flask'), interpreter: '/venv/bin/python3' });
  expect(find('./serve')).toMatchObject({ interpreter: join(folder, 'ruby') });
  expect(find('missing')).toMatchObject({ file: undefined, interpreter: undefined });
});
