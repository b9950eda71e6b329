// The browser of the tests of web pages, from Debian's packages, where none is installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (!existsSync('/usr/bin/chromium')) {
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
}

function run(command, words) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync(command, words, { stdio: ['ignore', 'inherit', 'inherit'], env });
  if (done.status !== 0) throw new Error(`${command} ended with ${done.status ?? done.signal}`);
}
