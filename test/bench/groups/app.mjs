// What `obs run` does to an app that writes much, and how soon what an app did can be asked for. Times are taken inside the
// app where they are its own, and by asking the stack's servers directly where they are the stack's.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, run } from '../lib/workbench.mjs';

const lines = 100_000;
const rounds = 5;
const timeoutMs = 10_000;
const pollMs = 5;

/** Writes its lines in 100 batches over a second, and how long it took into a file. */
const writer = `
const { writeFileSync } = require('node:fs');
const beganAt = performance.now();
let batch = 0;
(function next() {
  let text = '';
  for (let at = 0; at < ${lines / 100}; at += 1) text += 'line ' + (batch * ${lines / 100} + at) + ' of a program that has much to say about what it does\\n';
  batch += 1;
  const due = beganAt + batch * 10;
  process.stdout.write(text, () => {
    if (batch < 100) setTimeout(next, Math.max(0, due - performance.now()));
    else writeFileSync(process.env.TOOK, String(performance.now() - beganAt));
  });
})();`;

const server = `
const http = require('node:http');
http.createServer((request, response) => { console.log('asked for ' + request.url); response.end('ok'); })
  .listen(0, '127.0.0.1');`;

export const group = {
  name: 'app',
  about: `${lines.toLocaleString('en')} lines in a second, ${rounds} times in turns; and ${rounds} requests`,
  figures: ['app.lines.lost', 'app.lines.slower', 'app.span.queryable', 'app.log.queryable'],
  async *measure(bench, isWanted) {
    await writeFile(join(bench.path, 'writer.cjs'), writer);
    await writeFile(join(bench.path, 'server.cjs'), server);
    const { stack } = await bench.json('up', '--runtime', 'embedded');
    if (isWanted('app.lines.lost') || isWanted('app.lines.slower')) yield* measureLines(bench);
    if (isWanted('app.span.queryable') || isWanted('app.log.queryable')) yield* measureLatency(bench, stack);
  },
};

async function* measureLines(bench) {
  const took = { cat: [], obs: [] };
  const file = join(bench.path, 'took');
  const options = { cwd: bench.path, env: { ...bench.env, TOOK: file } };
  const time = async (command, words) => {
    await run(command, words, options);
    return Number(await readFile(file, 'utf8'));
  };
  for (let round = 0; round < rounds; round += 1) {
    took.cat.push(await time('sh', ['-c', 'node writer.cjs | cat > /dev/null']));
    const flags = ['run', '--json', '--service', 'writer', '--', process.execPath, 'writer.cjs'];
    took.obs.push(await time(process.execPath, [bench.obsFile, ...flags]));
  }
  const { series } = await bench.json('logs', 'sum(count_over_time({service_name="writer"}[1h]))');
  const kept = Number(series[0]?.points.at(-1)?.[1] ?? 0);
  yield { name: 'app.lines.lost', value: rounds * lines - kept, unit: 'lines' };
  yield { name: 'app.lines.slower', value: (median(took.obs) / median(took.cat) - 1) * 100, unit: '%' };
}

async function* measureLatency(bench, { endpoints }) {
  const { runs } = await bench.json('run', '--detach', '--service', 'server', '--', process.execPath, 'server.cjs');
  const waits = { span: [], log: [] };
  // The first request fetches the exporter, as in any app; it is not counted.
  for (let at = 0; at <= rounds; at += 1) {
    const path = `/request-${at}`;
    await (await fetch(`${runs[0].url}${path}`)).text();
    const beganAt = performance.now();
    const [log, span] = await Promise.all([
      waitFor(beganAt, () => hasLog(endpoints.loki, path)),
      waitFor(beganAt, () => hasSpan(endpoints.tempo, path)),
    ]);
    if (at === 0) continue;
    waits.log.push(log);
    waits.span.push(span);
  }
  await bench.obs('stop', runs[0].app);
  yield { name: 'app.span.queryable', value: median(waits.span), unit: 'ms' };
  yield { name: 'app.log.queryable', value: median(waits.log), unit: 'ms' };
}

async function waitFor(beganAt, isThere) {
  while (!(await isThere())) {
    if (performance.now() - beganAt > timeoutMs) throw new Error('what the app did never became queryable');
    await sleep(pollMs);
  }
  return performance.now() - beganAt;
}

async function hasLog(loki, path) {
  const query = encodeURIComponent(`{service_name="server"} |= "${path}"`);
  const { data } = await (await fetch(`${loki}/loki/api/v1/query_range?query=${query}&limit=1`)).json();
  return data.result.length > 0;
}

async function hasSpan(tempo, path) {
  const query = encodeURIComponent(`{ span.url.path = "${path}" }`);
  const { traces } = await (await fetch(`${tempo}/api/search?q=${query}&limit=1`)).json();
  return (traces ?? []).length > 0;
}
