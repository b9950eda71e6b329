// How long after its acknowledgement a record can be found by a query, for each signal: one small export, then the same
// question again and again until the answer holds it. The time of the question is part of the figure.
import { makeRequest } from '../lib/otlp-load.mjs';
import { post } from '../lib/post.mjs';
import { makeLargeTrace, traceIdOf } from '../lib/trace-load.mjs';

const probes = 200;

const signals = {
  'ingest.fresh.logs': {
    endpoint: 'otlpLogs',
    makeBody: (batch) => makeRequest.logs({ count: 1, batch, startNs: nowNs() }),
    isThere: ({ loki }, batch) => {
      const query = `{service_name=~"bench-.+"} |= "\\"batch\\":${batch},"`;
      return ask(`${loki}/loki/api/v1/query_range`, { query }, ({ data }) => data.result.length > 0);
    },
  },
  'ingest.fresh.samples': {
    endpoint: 'otlpMetrics',
    makeBody: (batch) => makeRequest.metrics({ count: 1, batch, startNs: nowNs() }),
    isThere: ({ prometheus }, batch) =>
      ask(`${prometheus}/api/v1/query`, { query: `bench_load == ${batch}` }, ({ data }) => data.result.length > 0),
  },
  'ingest.fresh.spans': {
    endpoint: 'otlpTraces',
    makeBody: (trace) => makeLargeTrace({ trace, size: 1, startMs: Date.now() }),
    isThere: ({ tempo }, trace) => {
      const q = `{ trace:id = "${traceIdOf(trace)}" }`;
      return ask(`${tempo}/api/search`, { q }, ({ traces = [] }) => traces.length > 0);
    },
  },
};

export const group = {
  name: 'ingest-fresh',
  about: `from acknowledgement to answer, ${probes} times`,
  figures: Object.keys(signals),
  async *measure(bench, isWanted) {
    const { endpoints } = (await bench.json('up', '--runtime', 'embedded')).stack;
    for (const [name, { endpoint, makeBody, isThere }] of Object.entries(signals)) {
      if (!isWanted(name)) continue;
      const waits = [];
      for (let i = 1; i <= probes; i += 1) {
        await post(endpoints[endpoint], makeBody(i));
        const acknowledgedAt = performance.now();
        while (!(await isThere(endpoints, i)));
        waits.push(performance.now() - acknowledgedAt);
      }
      yield { name, value: waits.sort((a, b) => a - b)[Math.ceil(probes * 0.99) - 1], unit: 'ms' };
    }
  },
};

function nowNs() {
  return BigInt(Date.now()) * 1_000_000n;
}

async function ask(url, parameters, isFound) {
  const response = await fetch(`${url}?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return isFound(await response.json());
}
