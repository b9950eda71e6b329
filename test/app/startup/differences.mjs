// Boots the app that is delayed in each phase, and compares what the child spans of `app.startup` say with what the app
// wrote down itself, both as moments of the same machine's clock.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fixture = (name) => fileURLToPath(new URL(name, import.meta.url));

/** In the order in which they end. */
export const phases = ['spawn', 'runtime', 'preload', 'modules', 'first log', 'port open', 'ready'];

/** By phase: milliseconds by which its reported end is later than the app's own. `start`: how long after the spawn a shell ran. */
export async function bootDelayed({ service, delayMs, obs, tempo, folder }) {
  const [stampFile, startFile] = [join(folder, `${service}.json`), join(folder, `${service}.start`)];
  const env = { DELAY_MS: String(delayMs), STAMPS: stampFile, NODE_OPTIONS: `--require=${fixture('before.cjs')}` };
  const line = `date +%s%N > '${startFile}'; sleep ${delayMs / 1000}; exec "$0" -r '${fixture('after.cjs')}' '${fixture('app.cjs')}'`;
  const flags = ['--detach', '--service', service, '--ready', 'http:/healthz'];
  await obs(['run', ...flags, '--', 'sh', '-c', line, process.execPath], env);
  await obs(['stop', service], {});
  const own = JSON.parse(readFileSync(stampFile, 'utf8'));
  const spans = await readSpans(tempo, service);
  const differences = phases.map((phase) => [phase, spans.get(`startup ${phase}`).endMs - own[phase]]);
  const ownStartMs = Number(readFileSync(startFile, 'utf8')) / 1e6;
  return Object.fromEntries([['start', ownStartMs - spans.get('app.startup').startMs], ...differences]);
}

async function readSpans(tempo, service) {
  const query = encodeURIComponent(`{ name = "app.startup" && resource.service.name = "${service}" }`);
  const { traces } = await (await fetch(`${tempo}/api/search?q=${query}`)).json();
  const { batches } = await (await fetch(`${tempo}/api/traces/${traces[0].traceID}`)).json();
  const spans = batches.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const toMs = (nano) => Number(nano) / 1e6;
  return new Map(
    spans.map(({ name, startTimeUnixNano, endTimeUnixNano }) => [
      name,
      { startMs: toMs(startTimeUnixNano), endMs: toMs(endTimeUnixNano) },
    ]),
  );
}
