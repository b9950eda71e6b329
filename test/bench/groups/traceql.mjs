// TraceQL over 200,000 spans of a shop, asked over HTTP: medians of questions whose literals and times are never the same twice,
// so that nobody can answer from memory, from the question to the last byte of the answer. With
// `--against tempo=URL,tempoOtlp=URL` a real Tempo gets the same load and questions.
import { Agent, request } from 'node:http';
import { DrainingClient } from '../lib/draining-client.mjs';
import { makeLargeTrace, makeTraceLoad, traceIdOf } from '../lib/trace-load.mjs';
import { median } from '../lib/workbench.mjs';

const spans = 200_000;
const windowMs = 600_000;
const rounds = 15;
const largeTrace = 9_000_000;
const largeTraceSpans = 10_000;
const probes = 100;
const limit = 20;
// Grafana and tempo-cli ask for traces in the first, obs in the second.
const protobuf = 'application/protobuf';
const json = 'application/json';

/** Questions of one class; the figure of a class is its slowest question. */
const searches = {
  attribute: [
    (i) => `{ resource.service.name = "shop-${i % 20}" && duration > ${100 + i}ms }`,
    (i) => `{ span.user.id = "u-${i * 37}" }`,
    (i) => `{ .http.response.status_code >= 500 && .user.id != "u-${i}" && duration > ${i * 3}ms }`,
  ],
  regex: [(i) => `{ name =~ "GET /items/${i % 10}[0-9]?" && span.user.id =~ "u-.*${i}" }`],
  float: [(i) => `{ span.cart.total > ${499 + i / 20} }`],
  aggregate: [
    (i) => `{ status = error && duration > ${i}us } | count() > ${1 + (i % 3)}`,
    (i) => `{ duration > ${i}us } | by(resource.service.name) | avg(duration) > ${1_400 + i}ms`,
    (i) => `{ span.db.system = "postgresql" } | avg(span.db.rows) > ${950 + i}`,
  ],
  select: [(i) => `{ duration > ${1_900 + i}ms } | select(span.db.statement, resource.service.instance.id)`],
};
const structures = [
  (i) => `{ resource.service.name = "shop-${i % 20}" } >> { status = error && duration > ${1_950 + i}ms }`,
  (i) => `{ name = "GET /items/${i}" } > { span.db.rows = ${i + 7} && duration > 1900ms }`,
  (i) => `{ duration > ${1_000 + i}ms } ~ { status = error && duration > 1900ms }`,
  (i) => `{ } !>> { status = error && duration > ${1_980 - i}ms }`,
  (i) => `{ duration > ${500 + i}ms } &>> { span.cart.total > ${495 + i / 10} }`,
];
const functions = {
  rate: [(i) => `{ duration > ${i}us } | rate() by (resource.service.name)`],
  count: [(i) => `{ status = error || duration > ${i + 100}ms } | count_over_time() by (name)`],
  sum: [(i) => `{ span.db.rows > ${i} } | sum_over_time(span.db.rows) by (resource.service.name)`],
  quantile: [(i) => `{ duration > ${i}us } | quantile_over_time(duration, .5, .9${i % 10}) by (resource.service.name)`],
  histogram: [(i) => `{ duration > ${i}us } | histogram_over_time(duration)`],
  compare: [(i) => `{ duration > ${i}us } | compare({ status = error })`],
};

export const group = {
  name: 'traceql',
  about: `${spans.toLocaleString('en')} spans`,
  figures: [
    ...Object.keys(searches).map((name) => `traceql.search.${name}`),
    'traceql.structural',
    ...Object.keys(functions).map((name) => `traceql.metrics.${name}`),
    'traceql.trace',
    'traceql.trace.json',
    'traceql.fresh',
  ],
  async *measure(bench, isWanted) {
    const { stack } = await bench.json('up', '--runtime', 'embedded');
    const startMs = Date.now() - windowMs;
    const own = makeServer(stack.endpoints.tempo, stack.endpoints.otlpTraces, startMs);
    const { tempo, tempoOtlp } = bench.against;
    const real = tempo === undefined ? undefined : makeServer(tempo, `${tempoOtlp}/v1/traces`, startMs);
    for (const server of [own, real]) if (server !== undefined) await load(server);
    for (const { name, unit, measure } of listFigures()) {
      if (!isWanted(name)) continue;
      const value = await measure(own);
      yield { name, value, unit, against: real && (await measure(real)) };
    }
    own.close();
    real?.close();
  },
};

function listFigures() {
  const ask = (path, questions, more) => (server) => slowestOf(questions, (q) => server.ask(path, { q, ...more }));
  const perClass = (prefix, classes, path, more) =>
    Object.entries(classes).map(([name, questions]) => ({
      name: `traceql.${prefix}.${name}`,
      unit: 'ms',
      measure: ask(path, questions, more),
    }));
  return [
    ...perClass('search', searches, '/api/search', { limit }),
    { name: 'traceql.structural', unit: 'ms', measure: ask('/api/search', structures, { limit }) },
    ...perClass('metrics', functions, '/api/metrics/query_range', { step: '5s' }),
    { name: 'traceql.trace', unit: 'ms', measure: (server) => slowestOf([() => protobuf], server.askTrace) },
    { name: 'traceql.trace.json', unit: 'ms', measure: (server) => slowestOf([() => json], server.askTrace) },
    { name: 'traceql.fresh', unit: 'ms', measure: (server) => measureFreshness(server) },
  ];
}

async function slowestOf(questions, ask) {
  const medians = [];
  for (const question of questions) {
    const times = [];
    for (let i = 0; i < rounds; i += 1) {
      const startedAt = performance.now();
      await ask(question(i));
      times.push(performance.now() - startedAt);
    }
    medians.push(median(times));
  }
  return Math.max(...medians);
}

function makeServer(base, otlpUrl, startMs) {
  const agent = new Agent({ keepAlive: true });
  const client = new DrainingClient();
  let asked = 0;
  const window = () => {
    asked += 1;
    return {
      start: Math.floor(startMs / 1_000) - 60 - (asked % 30),
      end: Math.floor(startMs / 1_000) + 720 + (asked % 30),
    };
  };
  const urlOf = (path, words) => `${base}${path}?${new URLSearchParams({ ...window(), ...words })}`;
  return {
    startMs,
    post: (body) => send(agent, otlpUrl, body),
    ask: (path, words) => client.ask(urlOf(path, words)),
    askTrace: (accept) => client.ask(`${base}/api/v2/traces/${traceIdOf(largeTrace)}`, { accept }),
    /** The answer itself, which takes longer. */
    read: async (path, words) => JSON.parse(await send(agent, urlOf(path, words))),
    close: () => {
      agent.destroy();
      client.close();
    },
  };
}

async function load(server) {
  for (const body of makeTraceLoad({ count: spans, startMs: server.startMs, windowMs })) await server.post(body);
  await server.post(makeLargeTrace({ trace: largeTrace, size: largeTraceSpans, startMs: server.startMs }));
  const q = '{ } | count_over_time()';
  for (let found = 0; found < spans + largeTraceSpans; ) {
    const { series } = await server.read('/api/metrics/query_range', { q, step: '1h' });
    found = series.flatMap((one) => one.samples).reduce((sum, { value }) => sum + Number(value ?? 0), 0);
  }
}

/** From the acknowledgement of a span to the first search that finds it: the 99th percentile. */
async function measureFreshness(server) {
  const times = [];
  for (let i = 0; i < probes; i += 1) {
    const trace = largeTrace + 1 + i;
    await server.post(makeLargeTrace({ trace, size: 1, startMs: Date.now() - 1_000 }));
    const acknowledgedAt = performance.now();
    const q = `{ trace:id = "${traceIdOf(trace)}" }`;
    while (!(await server.read('/api/search', { q })).traces?.length) {}
    times.push(performance.now() - acknowledgedAt);
  }
  return times.sort((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1];
}

/** The text of an answer. */
function send(agent, url, body) {
  const headers = body && { 'content-type': 'application/x-protobuf', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: body ? 'POST' : 'GET', agent, headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`${url} answered ${answer.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject).end(body);
  });
}
