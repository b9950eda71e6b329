// obs run as a user types it, against real programs: what passes through, what is recorded, and how it fails.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect, type Outcome, Sandbox, until } from '../stack/harness.ts';

const sandbox = new Sandbox();
let cwd: string;

beforeAll(async () => {
  cwd = sandbox.makeRepository('app');
  await sandbox.up(cwd);
});

afterAll(async () => {
  await sandbox.run(['down', '--all', '--yes'], { cwd });
  await sandbox.dispose();
});

const runScript = (script: string, ...flags: string[]): Promise<Outcome> =>
  sandbox.run(['run', ...flags, '--', process.execPath, '-e', script], { cwd });

async function ask<T>(...words: string[]): Promise<T> {
  const { stdout } = await sandbox.run([...words, '--json'], { cwd });
  return JSON.parse(stdout) as T;
}

interface LogAnswer {
  readonly lines: readonly { readonly line: string; readonly level: string; readonly traceId: string | null }[];
}
interface RunAnswer {
  readonly runs: readonly {
    readonly app: string;
    readonly runId: string;
    readonly state: string;
    readonly service: string;
    readonly pid: number;
    readonly startupMs: number | null;
    readonly phases: readonly { readonly name: string }[];
    readonly url: string | null;
  }[];
}

const listening = `const server = require('http').createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1')`;

describe('what passes through', () => {
  test('output, and the exit code of the command', async () => {
    const { code, stdout, stderr } = await runScript('console.log("out"); console.error("err"); process.exitCode = 7');
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'out\n' });
    expect(stderr).toContain('err\n');
  });

  test('signals, and the end by one as 128 and its number', async () => {
    const script = `${listening}; process.on('SIGTERM', () => { console.log('got it'); process.exit(0); })`;
    const child = sandbox.spawn(['run', '--', process.execPath, '-e', script], { cwd });
    const outcome = collect(child);
    let notes = '';
    child.stderr?.on('data', (chunk) => (notes += chunk));
    await until(() => notes.includes('ready in'));
    const { stack } = await ask<{ stack: { apps: { name: string; state: string }[] } }>('status');
    const name = stack.apps.find(({ state }) => state === 'ready')?.name ?? '';
    expect(await sandbox.fail(['restart', name], { cwd })).toMatchObject({ exit: 2, code: 'OBS_APP_IN_FOREGROUND' });
    child.kill('SIGTERM');
    expect(await outcome).toMatchObject({ code: 0, stdout: 'got it\n' });
    expect((await runScript(`process.kill(process.pid, 'SIGKILL')`)).code).toBe(137);
  });

  test('settings of the person, and a word about those that cannot hold', async () => {
    const { stdout, stderr } = await sandbox.run(
      ['run', '--', process.execPath, '-p', 'process.env.NODE_OPTIONS + process.env.OTEL_RESOURCE_ATTRIBUTES'],
      {
        cwd,
        env: {
          NODE_OPTIONS: '--no-deprecation',
          OTEL_RESOURCE_ATTRIBUTES: 'team=shop',
          OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
        },
      },
    );
    expect(stdout).toMatch(/^--no-deprecation --require=.*team=shop,obs\.worktree=/);
    expect(stderr).toContain(
      'OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 of your environment is not used for app',
    );
    expect(stderr).toContain('NODE_OPTIONS, OTEL_RESOURCE_ATTRIBUTES of your environment: kept and extended for app');
  });

  test('standard output as a pipe, which programs open by name', async () => {
    const words = ['run', '--', 'sh', '-c', 'echo by name > /dev/stdout; test -p /dev/stdout && test -p /dev/stderr'];
    const { code, stdout } = await sandbox.run(words, { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'by name\n' });
  });

  test('a terminal of its own, if that is asked for', async () => {
    const script = 'console.log(String(process.stdout.isTTY === true)); process.exitCode = 5';
    const { code, stdout } = await runScript(script, '--tty');
    expect({ code, stdout }).toEqual({ code: 5, stdout: 'true\r\n' });
    expect((await runScript(script)).stdout).toBe('false\n');
  });

  test('with --json stdout is one document, and the output goes to stderr', async () => {
    const { stdout, stderr } = await runScript('console.log("out")', '--json');
    expect((JSON.parse(stdout) as RunAnswer).runs[0]).toMatchObject({ state: 'exited', startupMs: null });
    expect(stderr).toContain('out\n');
  });
});

describe('when the command returns, the telemetry is there', () => {
  test('each line with its level, a stack trace as one record, without colours', async () => {
    const script = `
      console.log('\\u001b[32mgreen\\u001b[0m');
      console.log('{"level":40,"msg":"careful","trace_id":"0af7651916cd43dd8448eb211c80319c"}');
      console.error(Object.assign(new Error('boom'), { stack: 'Error: boom\\n    at f (a.js:1:1)\\n    at g (a.js:2:2)' }));`;
    await runScript(script, '--service', 'lines');
    const { lines } = await ask<LogAnswer>('logs', '{service_name="lines"}');
    expect(lines.map(({ line, level }) => ({ line, level }))).toEqual(
      expect.arrayContaining([
        { line: 'green', level: 'info' },
        { line: expect.stringContaining('careful'), level: 'warn' },
        { line: 'Error: boom\n    at f (a.js:1:1)\n    at g (a.js:2:2)', level: 'error' },
      ]),
    );
    expect(lines.find(({ level }) => level === 'warn')?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  test('lines that were written in a span with its trace, and an error that ended the program with it', async () => {
    const script = `
      const http = require('http');
      const server = http.createServer((request, response) => {
        console.log('asked for ' + request.url);
        response.end('ok');
        if (request.url === '/bad') setTimeout(() => { throw new Error('boom of ' + request.url); }, 50);
      });
      server.listen(0, '127.0.0.1', async () => {
        console.log('outside of any span');
        for (const path of ['/good', '/bad']) http.get({ port: server.address().port, path }, (answer) => answer.resume());
      });`;
    expect((await runScript(script, '--service', 'spoken')).code).toBe(1);
    const { lines } = await ask<LogAnswer>('logs', '{service_name="spoken"}');
    const traceOf = (text: string): string | null | undefined =>
      lines.find(({ line }) => line.startsWith(text))?.traceId;
    expect(traceOf('outside of any span')).toBeNull();
    expect(traceOf('asked for /good')).toMatch(/^[0-9a-f]{32}$/);
    expect(traceOf('asked for /bad')).not.toBe(traceOf('asked for /good'));
    expect(lines.filter(({ line }) => line.startsWith('Error: boom of /bad'))).toHaveLength(1);
    expect(traceOf('Error: boom of /bad')).toBe(traceOf('asked for /bad'));
  });

  test('an uncaught error that the program did not print, as a record of its own with its trace', async () => {
    const script = `
      process.on('uncaughtException', () => process.exit(3));
      ${listening};
      server.on('request', () => setImmediate(() => { throw new TypeError('swallowed'); }));
      server.on('listening', () => require('http').get({ port: server.address().port }).on('error', () => {}));`;
    expect((await runScript(script, '--service', 'silent')).code).toBe(3);
    const { lines } = await ask<LogAnswer>('logs', '{service_name="silent"}');
    expect(lines).toEqual([
      expect.objectContaining({ line: expect.stringContaining('TypeError: swallowed'), level: 'error' }),
    ]);
    expect(lines[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a line that the app sends itself over OTLP, once: as it was sent', async () => {
    const fake = join(cwd, 'node_modules/@opentelemetry/sdk-logs');
    mkdirSync(fake, { recursive: true });
    writeFileSync(join(fake, 'index.js'), '');
    const script = `
      require('@opentelemetry/sdk-logs');
      const attributes = process.env.OTEL_RESOURCE_ATTRIBUTES.split(',').map((pair) => pair.split('='))
        .concat([['service.name', 'sender']]).map(([key, value]) => ({ key, value: { stringValue: decodeURIComponent(value) } }));
      const send = (text) => fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/logs', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [
          { timeUnixNano: String(Date.now()) + '000000', severityNumber: 13, severityText: 'WARN', body: { stringValue: text } }] }] }] }),
      });
      console.log('12:00 INFO shop: both printed and sent');
      console.log('12:00 INFO shop: only printed');
      send('both printed and sent');`;
    await runScript(script, '--service', 'sender');
    const { lines } = await ask<LogAnswer>('logs', '{service_name="sender"}');
    expect(lines.map(({ line, level }) => ({ line, level })).sort((a, b) => a.line.localeCompare(b.line))).toEqual([
      { line: '12:00 INFO shop: only printed', level: 'info' },
      { line: 'both printed and sent', level: 'warn' },
    ]);
  });

  test('thousands of equal lines in an instant, every one of them', async () => {
    await runScript(`for (let at = 0; at < 5000; at++) process.stdout.write('same\\n')`, '--service', 'many');
    const answer = await ask<{ series: { points: [number, string][] }[] }>(
      'logs',
      'sum(count_over_time({service_name="many"}[1h]))',
    );
    expect(JSON.stringify(answer.series)).toContain('"5000"');
  });

  test('spans of a program that ends with process.exit', async () => {
    const script = `${listening}; server.on('listening', () => require('http').get({ port: server.address().port },
      (response) => response.resume().on('end', () => process.exit(0))))`;
    expect((await runScript(script, '--service', 'hasty')).code).toBe(0);
    const found = await ask<{ traces: unknown[] }>('traces', '{ resource.service.name = "hasty" && kind = server }');
    expect(found.traces).toHaveLength(1);
  });

  test('the startup as a span with phases and as a metric', async () => {
    const script = `${listening}; setTimeout(() => process.exit(0), 1500)`;
    const { stdout } = await runScript(script, '--service', 'starter', '--json');
    const run = (JSON.parse(stdout) as RunAnswer).runs[0];
    expect(run?.phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['spawn', 'runtime', 'modules']));
    const query = '{ name = "app.startup" && resource.service.name = "starter" }';
    const found = await ask<{ traces: { durationMs: number }[] }>('traces', query);
    expect(found.traces[0]?.durationMs).toBeCloseTo(run?.startupMs ?? 0, -1);
    const metric = await ask<unknown>('metrics', 'obs_app_startup_seconds{job="starter"}');
    expect(JSON.stringify(metric)).toContain(String((run?.startupMs ?? 0) / 1000).slice(0, 5));
  });
});

describe('an app of obs.yaml', () => {
  test('runs detached on its own port, is scraped, and ends with stop', async () => {
    writeApp('web', `ready: { http: /healthz }\n    metrics: /metrics`);
    const { stdout, code } = await sandbox.run(['run', 'web', '--detach', '--json'], { cwd });
    expect(code).toBe(0);
    const [run] = (JSON.parse(stdout) as RunAnswer).runs;
    expect(run).toMatchObject({ app: 'web', state: 'ready' });
    expect(await (await fetch(`${run?.url}/healthz`)).text()).toBe('page_views 5\n');
    expect(await sandbox.fail(['run', 'web'], { cwd })).toMatchObject({ code: 'OBS_APP_RUNNING', fix: 'obs stop web' });
    await until(async () => JSON.stringify(await ask('metrics', 'page_views{job="web"}')).includes('"5"'));
    expect(await ask('stop', 'web')).toMatchObject({ stopped: [{ app: 'web', runId: run?.runId }] });
    await until(() => !existsSync(`/proc/${run?.pid}`));
    expect(await sandbox.fail(['stop', 'web'], { cwd })).toMatchObject({ exit: 2, code: 'OBS_APP_NOT_RUNNING' });
  });

  test('keeps the spans of what it answered before it was stopped, when what started it ends sooner than the app', async () => {
    // Ends as npm does: the shell dies of the signal, the app takes its time. No span leaves before the end.
    const ending = `setTimeout(() => { console.log('ended well'); process.exit(0); }, 400)`;
    writeFileSync(join(cwd, 'late.cjs'), `${listening}; process.once('SIGTERM', () => ${ending})`);
    const words = ['run', '--detach', '--json', '--service', 'late', '--', 'sh', '-c', 'node late.cjs; true'];
    const { stdout } = await sandbox.run(words, { cwd, env: { OTEL_BSP_SCHEDULE_DELAY: '60000' } });
    await (await fetch(String((JSON.parse(stdout) as RunAnswer).runs[0]?.url))).text();
    await ask('stop', 'late');
    const { traces } = await ask<{ traces: unknown[] }>(
      'traces',
      '{ resource.service.name = "late" && kind = server }',
    );
    expect(traces).toHaveLength(1);
    const { lines } = await ask<LogAnswer>('logs', '{service_name="late"}');
    expect(lines.map(({ line }) => line)).toEqual(['ended well']);
  });

  test('boots again with restart: another run on the same port, as obs.yaml has it now; the data of the first stays', async () => {
    writeApp('again', 'ready: { http: / }');
    const first = JSON.parse((await sandbox.run(['run', 'again', '--detach', '--json'], { cwd })).stdout) as RunAnswer;
    writeApp('again', 'ready: { http: / }\n    service: renamed');
    const second = await ask<RunAnswer>('restart', 'again');
    expect(second.runs).toMatchObject([{ app: 'again', state: 'ready', url: first.runs[0]?.url, service: 'renamed' }]);
    expect(second.runs[0]?.runId).not.toBe(first.runs[0]?.runId);
    expect(existsSync(`/proc/${first.runs[0]?.pid}`)).toBe(false);
    const found = await ask<{ traces: unknown[] }>(
      'traces',
      '{ name = "app.startup" && resource.service.name = "again" }',
    );
    expect(found.traces).toHaveLength(1);
    await ask('stop', 'again');
    expect(await sandbox.fail(['restart', 'again'], { cwd })).toMatchObject({ exit: 2, code: 'OBS_APP_NOT_RUNNING' });
  });

  test('a command that was given by hand boots again as it did before', async () => {
    const words = [
      'run',
      '--detach',
      '--json',
      '--no-wait',
      '--service',
      'byhand',
      '--',
      process.execPath,
      '-e',
      listening,
    ];
    const first = JSON.parse((await sandbox.run(words, { cwd })).stdout) as RunAnswer;
    const second = await ask<RunAnswer>('restart', 'byhand');
    expect(second.runs).toMatchObject([{ app: 'byhand', state: 'ready' }]);
    expect(second.runs[0]?.runId).not.toBe(first.runs[0]?.runId);
    await ask('stop', 'byhand');
  });

  test('that ends before it is ready is an error with its last lines', async () => {
    writeFileSync(join(cwd, 'obs.yaml'), `apps:\n  bad:\n    command: "echo no database; exit 3"\n`);
    for (const flags of [[], ['--detach']]) {
      const error = await sandbox.fail(['run', 'bad', ...flags], { cwd });
      expect(error).toMatchObject({ exit: 1, code: 'OBS_APP_EXITED', fix: 'echo no database; exit 3' });
      expect(error.why).toContain('no database');
    }
  });

  test('that is ready with its end has not failed when it ends well', async () => {
    writeFileSync(join(cwd, 'obs.yaml'), `apps:\n  migrate:\n    command: "echo done"\n    ready: exit\n`);
    const { code, stdout } = await sandbox.run(['run', 'migrate', '--detach', '--json'], { cwd });
    expect({ code, run: (JSON.parse(stdout) as RunAnswer).runs[0] }).toMatchObject({
      code: 0,
      run: { state: 'exited' },
    });
  });

  test('that needs another boots after it and knows its URL', async () => {
    const serve = `require('http').createServer((request, response) => response.end(process.env.BASE ?? 'db')).listen(process.env.PORT, '127.0.0.1')`;
    writeFileSync(join(cwd, 'serve.cjs'), serve);
    const yaml = `apps:
  front: { command: "exec node serve.cjs", env: { BASE: "{db}/x" }, ports: { PORT: auto }, needs: db }
  db: { command: "exec node serve.cjs", ports: { PORT: auto } }`;
    writeFileSync(join(cwd, 'obs.yaml'), yaml);
    const { stdout } = await sandbox.run(['run', 'front', '--detach', '--json'], { cwd });
    const { runs } = JSON.parse(stdout) as RunAnswer;
    expect(runs.map(({ app, state }) => ({ app, state }))).toEqual([
      { app: 'db', state: 'ready' },
      { app: 'front', state: 'ready' },
    ]);
    expect(await (await fetch(String(runs[1]?.url))).text()).toBe(`${runs[0]?.url}/x`);
    await ask('stop');
  });

  test('that never becomes ready is ended, and the error says what was waited for', async () => {
    writeApp('slow', 'ready: { log: never, timeout: 500ms }');
    const error = await sandbox.fail(['run', 'slow', '--detach'], { cwd });
    expect(error).toMatchObject({ exit: 1, code: 'OBS_APP_NOT_READY' });
    expect(error.message).toContain('a line with "never"');
    const { stack } = await ask<{ stack: { apps: { name: string; state: string }[] } }>('status');
    expect(stack.apps.filter(({ name }) => name === 'slow').map(({ state }) => state)).toEqual(['failed']);
  });

  test('that is not declared is answered with the nearest one', async () => {
    writeApp('web', '');
    expect(await sandbox.fail(['run', 'wbe'], { cwd })).toMatchObject({ code: 'OBS_UNKNOWN_APP', fix: 'obs run web' });
  });
});

test('without any app or command, run says how to give one', async () => {
  const empty = sandbox.makeRepository('empty');
  expect(await sandbox.fail(['run'], { cwd: empty })).toMatchObject({ exit: 2, code: 'OBS_NO_APPS' });
});

test.each([
  { ready: 'soon', why: 'http:/path' },
  { ready: 'port:NOPE', why: 'one of PORT' },
  { ready: 'log:/(/', why: 'Unterminated group' },
])('to be ready with $ready cannot be waited for, and the error says why', async ({ ready, why }) => {
  writeApp('web', '');
  const error = await sandbox.fail(['run', 'web', '--ready', ready], { cwd });
  expect(error).toMatchObject({ exit: 2, code: 'OBS_BAD_READY', why: expect.stringContaining(why) });
});

test('an app and a command at once are refused, since only the command would be booted', async () => {
  writeApp('web', '');
  const { code, stdout } = await sandbox.run(['run', 'web', '--json', '--', 'node', 'app.js'], { cwd });
  const error = { code: 'OBS_APP_AND_COMMAND', fix: 'obs run -- node app.js' };
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 2, error });
});

test('an installation that fails is an error of the environment', async () => {
  writeFileSync(join(cwd, 'python3'), '#!/bin/sh\necho no network >&2; exit 1\n', { mode: 0o755 });
  const { code, stdout } = await sandbox.run(['run', '--json', '--install', '--', './python3', 'app.py'], { cwd });
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 4, error: { code: 'OBS_INSTALL_FAILED' } });
});

test('a program that cannot be started is an error of the environment', async () => {
  const { code, stdout } = await sandbox.run(['run', '--json', '--', 'no-such-program'], { cwd });
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 4, error: { code: 'OBS_COMMAND_NOT_FOUND' } });
});

/** An app that answers every request with a metrics page. */
function writeApp(name: string, more: string): void {
  const program = `require('http').createServer((request, response) => response.end('page_views 5\\n')).listen(process.env.PORT, '127.0.0.1')`;
  writeFileSync(join(cwd, 'app.cjs'), program);
  const lines = [`apps:`, `  ${name}:`, `    command: exec node app.cjs`, `    ports: { PORT: auto }`, `    ${more}`];
  writeFileSync(join(cwd, 'obs.yaml'), `${lines.join('\n')}\n`);
}
