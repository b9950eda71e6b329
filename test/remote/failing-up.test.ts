// `up` on remote servers that cannot be used: each reason by its name, before anything starts, and no secret anywhere.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sandbox } from '../stack/harness.ts';
import { Cluster } from './cluster.ts';

const token = 'tok-3f9c1b77';
const sandbox = new Sandbox();
let cluster: Cluster;
let repository: string;

beforeAll(async () => {
  cluster = await Cluster.start({ dev: token });
  repository = sandbox.makeRepository('repository');
});
afterAll(async () => {
  await sandbox.dispose();
  await cluster.stop();
});

const words = ['up', '--runtime', 'remote'];
const env = { CLUSTER_TOKEN: token };
const configure = (text: string) => writeFileSync(join(repository, 'obs.yaml'), text);

interface Failure {
  readonly name: string;
  readonly config: () => string;
  readonly env?: Readonly<Record<string, string>>;
  readonly code: string;
  readonly exit: number;
  readonly says: RegExp;
}

const working = () => cluster.describe('dev', 'CLUSTER_TOKEN');
const failures: readonly Failure[] = [
  {
    name: 'no servers in obs.yaml',
    config: () => '',
    code: 'OBS_REMOTE_NOT_CONFIGURED',
    exit: 2,
    says: /add to obs.yaml:\nremote:/,
  },
  {
    name: 'a variable that is not set',
    config: working,
    env: {},
    code: 'OBS_REMOTE_VARIABLE_MISSING',
    exit: 2,
    says: /export CLUSTER_TOKEN=… && obs up/,
  },
  {
    name: 'a tenant that is not known',
    config: () => cluster.describe('nobody', 'CLUSTER_TOKEN'),
    code: 'OBS_REMOTE_DENIED',
    exit: 4,
    says: /says 401 .*: no org id/,
  },
  {
    name: 'a token that may not do this',
    config: working,
    env: { CLUSTER_TOKEN: 'tok-wrong' },
    code: 'OBS_REMOTE_DENIED',
    exit: 4,
    says: /says 403 .*: Bearer \*\*\* may not do this/,
  },
  {
    name: 'a server that does not listen',
    config: () => working().replace(/loki: \{ url: "[^"]+"/, 'loki: { url: "http://127.0.0.1:9"'),
    code: 'OBS_REMOTE_UNREACHABLE',
    exit: 4,
    says: /Loki does not answer at http:\/\/127\.0\.0\.1:9\/.*ECONNREFUSED/,
  },
  {
    name: 'an address of something else',
    config: () => working().replace('/tempo-cluster', '/grafana'),
    code: 'OBS_REMOTE_REFUSED',
    exit: 4,
    says: /Tempo answers 404 to .*remote\.tempo\.url/s,
  },
  {
    name: 'a write address of something else',
    config: () => working().replace('prometheus: {', `prometheus: { writeUrl: "${cluster.url}/nothing",`),
    code: 'OBS_REMOTE_REFUSED',
    exit: 4,
    says: /Prometheus answers 404 to .*remote\.prometheus\.writeUrl/s,
  },
  {
    name: 'a secret that stands in obs.yaml',
    config: () => working().replace(`\${CLUSTER_TOKEN}`, token),
    code: 'OBS_CONFIG_INVALID',
    exit: 2,
    says: /a secret is named, not written/,
  },
  {
    name: 'two servers of three',
    config: () => working().replace(/ {2}tempo: .*\n/, ''),
    code: 'OBS_CONFIG_INVALID',
    exit: 2,
    says: /tempo missing/,
  },
  {
    name: 'a password in an address',
    config: () => working().replace('http://', 'http://me:secret@'),
    code: 'OBS_CONFIG_INVALID',
    exit: 2,
    says: /without user and password/,
  },
];

describe('up', { timeout: 60_000 }, () => {
  test.each(failures)('says what is wrong with $name, and leaves nothing', async (failure) => {
    configure(failure.config());
    const error = await sandbox.fail(words, { cwd: repository, env: failure.env ?? env });
    expect(error).toMatchObject({ code: failure.code, exit: failure.exit });
    const text = `${error.message}\n${error.why}\n${error.fix}`;
    expect(text).toMatch(failure.says);
    for (const secret of [token, 'tok-wrong']) expect(text.includes(secret) && failure.exit === 4).toBe(false);
    expect(sandbox.listKeepers()).toEqual([]);
    expect(sandbox.listStacks()).toEqual([]);
  });

  test('writes the token nowhere and shows it to nobody', async () => {
    configure(working());
    const shown: string[] = [];
    for (const verb of [[...words, '--json'], ['status', '--json'], ['ps', '--json'], ['env'], ['doctor', '--json']]) {
      const { stdout, stderr } = await sandbox.run(verb, { cwd: repository, env });
      shown.push(stdout, stderr);
    }
    expect(shown.join('\n')).toContain('"runtime": "remote"');
    expect(`${shown.join('\n')}\n${readAll(sandbox.stateDir)}`).not.toContain(token);
    expect(readAll(sandbox.stateDir)).toContain(`\${CLUSTER_TOKEN}`);
  });
});

function readAll(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? readAll(path) : readFileSync(path, 'latin1')))
    .join('\n');
}
