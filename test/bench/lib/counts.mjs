// Counts the records of services in a stack, through the query APIs.

/** By signal: how many records have a service that matches; `fromMs` is before the first of them. */
export const countRecords = {
  async logs({ loki }, { services }) {
    const query = `sum(count_over_time({service_name=~"${services}"}[1h]))`;
    return firstValue(await ask(loki, '/loki/api/v1/query', { query, time: `${Date.now()}000000` }));
  },
  async metrics({ prometheus }, { services }) {
    const query = `sum(count_over_time(bench_load{job=~"${services}"}[1h]))`;
    return firstValue(await ask(prometheus, '/api/v1/query', { query, time: Date.now() / 1_000 }));
  },
  async traces({ tempo }, { services, fromMs }) {
    const q = `{ resource.service.name =~ "${services}" } | count_over_time()`;
    const window = { start: Math.floor(fromMs / 1_000) - 60, end: Math.floor(Date.now() / 1_000) + 60, step: '1h' };
    const { series } = await ask(tempo, '/api/metrics/query_range', { q, ...window });
    return series.flatMap((one) => one.samples).reduce((sum, { value }) => sum + Number(value ?? 0), 0);
  },
};

const firstValue = ({ data }) => Number(data.result[0]?.value[1] ?? 0);

/** Asks an API for JSON. */
export async function ask(base, path, parameters) {
  const response = await fetch(`${base}${path}?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
