// Pages of metrics in all three formats, scraped by the keeper: the same series, values and exemplars as a genuine Prometheus
// made of them (test/keeper/goldens/scraped-pages.json), and asked for as it asks.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type RunningKeeper, startKeeper } from '../keeper/keeper-process.ts';
import { getJson } from '../keeper/telemetry.ts';
import { until } from '../stack/harness.ts';

interface Golden {
  readonly pages: Readonly<Record<string, { readonly contentType: string; readonly base64: string }>>;
  /** Labels as one text, and a value or a histogram. */
  readonly series: Readonly<Record<string, readonly [labels: string, value: unknown][]>>;
  readonly exemplars: Readonly<Record<string, readonly unknown[]>>;
}

const golden: Golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../keeper/goldens/scraped-pages.json'), 'utf8'),
);
/** Prometheus 3 asks so when it scrapes native histograms. */
const accept =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,' +
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

async function serve(name: string): Promise<{ url: string; asked: string[] }> {
  const { contentType, base64 } = golden.pages[name]!; // a page for each name
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.headers.accept));
    response.writeHead(200, { 'content-type': contentType }).end(Buffer.from(base64, 'base64'));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number }; // it listens on a port
  return { url: `http://127.0.0.1:${port}/metrics`, asked };
}

async function readSeries({ endpoints }: RunningKeeper, job: string): Promise<unknown[]> {
  const query = encodeURIComponent(`{job="${job}", __name__!~"scrape_.*"}`);
  const { data } = await getJson(`${endpoints.prometheus}/api/v1/query?query=${query}`);
  const { result } = data as { result: { metric: Record<string, string>; value?: unknown[]; histogram?: unknown[] }[] };
  return result.map(({ metric, value, histogram }) => [
    Object.entries(metric).sort().join(';'),
    value?.[1] ?? histogram?.[1],
  ]);
}

async function readExemplars({ endpoints }: RunningKeeper, job: string): Promise<unknown[]> {
  const query = encodeURIComponent(`{job="${job}"}`);
  const { data } = await getJson(
    `${endpoints.prometheus}/api/v1/query_exemplars?query=${query}&start=1&end=9999999999`,
  );
  const found = data as { seriesLabels: Record<string, string>; exemplars: { labels: object; value: string }[] }[];
  const listed = found.flatMap(({ seriesLabels, exemplars }) =>
    exemplars.map(({ labels, value }) => JSON.stringify([seriesLabels.__name__, seriesLabels.le ?? '', labels, value])),
  );
  // Without a time of its own an exemplar is new with each scrape.
  return [...new Set(listed)].sort().map((text) => JSON.parse(text));
}

test.each(['pb', 'text', 'om'])('a page in the format %s becomes what Prometheus makes of it', async (name) => {
  const keeper = await startKeeper();
  const { url, asked } = await serve(name);
  const target = { url, intervalMs: 10_000, job: name, instance: '127.0.0.1:PORT' };
  await keeper.control('PUT', `/obs/scrapes/r-${name}`, target);
  // The first scrape is made at once, and takes as long as it takes.
  const wanted = golden.series[name]?.length ?? 0;
  await until(async () => (await readSeries(keeper, name)).length >= wanted);
  const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  expect((await readSeries(keeper, name)).sort(byText)).toEqual(golden.series[name]?.toSorted(byText));
  expect(await readExemplars(keeper, name)).toEqual(golden.exemplars[name]);
  expect(asked[0]).toBe(accept);
});
