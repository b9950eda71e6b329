// Pages in a real browser: what they load and fetch joins the backend's traces, and a hostile page gets at nothing.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { Sandbox, type StackAnswer, until } from '../../stack/harness.ts';
import { isInstalled } from '../languages/tool-chains.ts';
import { executablePath, startChromium } from './chromium.ts';

// A browser that is started for the first time reads for a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const sandbox = new Sandbox();
const isHere = executablePath !== undefined;
const skipped = isHere ? '' : ' (skipped: no Chromium is installed)';
let browser: Browser;
let cwd: string;
let stack: StackAnswer;

beforeAll(async () => {
  if (!isHere) return;
  cwd = sandbox.makeRepository('pages');
  stack = await sandbox.up(cwd, '--runtime', 'embedded');
  browser = await startChromium();
});

afterAll(async () => {
  if (isHere) {
    await browser.close();
    await sandbox.run(['down', '--all', '--yes'], { cwd });
  }
  await sandbox.dispose();
});

interface Boot {
  readonly service: string;
  readonly flags?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Booted {
  readonly url: string;
  readonly browserUrl: string | null;
  readonly runId: string;
}

const shop = [process.execPath, join(import.meta.dirname, 'server.cjs')];

async function boot({ service, flags = [], command = shop, env = {} }: Boot): Promise<Booted> {
  const words = ['run', '--json', '--detach', '--service', service, ...flags, '--', ...command];
  const { code, stdout, stderr } = await sandbox.run(words, { cwd, env });
  if (code !== 0) throw new Error(`obs run ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout).runs[0];
}

async function open(url: string): Promise<Page> {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(url);
  return page;
}

async function ask(words: readonly string[]): Promise<Record<string, unknown[]>> {
  const { stdout } = await sandbox.run([...words, '--json'], { cwd });
  return JSON.parse(stdout);
}

/** Waits until a TraceQL query finds something. */
async function untilFound(query: string): Promise<void> {
  await until(async () => ((await ask(['traces', query])).traces ?? []).length > 0);
}

test.skipIf(!isHere)(`the load of a page and its fetches join the traces of the backend${skipped}`, async () => {
  const loader = `${stack.endpoints.otlpHttp}/obs/browser.js`;
  const { url, runId } = await boot({ service: 'shop', env: { LOADER: loader } });
  const page = await open(url);
  await page.waitForFunction('document.title === "tea jam"');
  const ofPage = `resource.service.name = "shop-browser" && resource.obs.run.id = "${runId}"`;
  const ofShop = 'resource.service.name = "shop" && kind = server';
  await untilFound(`{ ${ofShop} } >> { ${ofPage} && name = "documentLoad" }`);
  await untilFound(`{ ${ofPage} && kind = client } >> { ${ofShop} && span.url.path = "/api/items" }`);
  const line = '{service_name="shop-browser"} |= "Uncaught TypeError: the page broke"';
  await until(async () => ((await ask(['logs', line])).lines ?? []).length > 0);
  const own = await ask(['traces', `{ ${ofPage} && span.url.full =~ "${stack.endpoints.otlpHttp}.*" }`]);
  expect(own.traces, 'spans of the loader’s own requests').toEqual([]);
});

test.skipIf(!isHere)(`with --browser that needs no change to the page${skipped}`, async () => {
  const { browserUrl, runId } = await boot({ service: 'stock', flags: ['--browser'] });
  const page = await open(browserUrl ?? '');
  await page.waitForFunction('document.title === "tea jam"');
  const ofPage = `resource.service.name = "stock-browser" && resource.obs.run.id = "${runId}"`;
  const ofShop = 'resource.service.name = "stock" && kind = server';
  await untilFound(`{ ${ofPage} && name = "page load" } >> { ${ofShop} } >> { ${ofPage} && name = "documentLoad" }`);
  await untilFound(`{ ${ofPage} && kind = client } >> { ${ofShop} && span.url.path = "/api/items" }`);
});

test.skipIf(!isHere)(
  `a page with an OpenTelemetry of its own keeps that, and is watched all the same${skipped}`,
  async () => {
    const script = join(sandbox.root, 'own.js');
    await build({ entryPoints: [join(import.meta.dirname, 'own-telemetry.mjs')], outfile: script, bundle: true });
    const { browserUrl, runId } = await boot({ service: 'both', flags: ['--browser'], env: { SCRIPT: script } });
    const page = await open(browserUrl ?? '');
    await page.waitForFunction('["own work", "GET"].every((name) => globalThis.ownSpans?.includes(name))');
    const ofPage = `resource.service.name = "both-browser" && resource.obs.run.id = "${runId}"`;
    await untilFound(`{ ${ofPage} && name = "documentLoad" }`);
    await untilFound(`{ ${ofPage} && kind = client }`);
    // The backend joins the page's own trace, of which the stack knows nothing else.
    const traceparent = String(await page.evaluate('globalThis.ownHeaders.traceparent'));
    const ofShop = 'resource.service.name = "both" && kind = server && span.url.path = "/api/items"';
    await untilFound(`{ ${ofShop} && trace:id = "${traceparent.split('-')[1]}" }`);
    expect((await ask(['traces', '{ name = "own work" }'])).traces).toEqual([]);
  },
);

test.skipIf(!isHere || !isInstalled('python3'))(
  `nor does the language of the backend matter${skipped}${isInstalled('python3') ? '' : ' (skipped: no Python)'}`,
  async () => {
    const serve = ['python3', '-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '-d', import.meta.dirname];
    const { browserUrl } = await boot({ service: 'files', flags: ['--browser'], command: serve });
    await open(`${browserUrl}/page.html`);
    const ofPage = 'resource.service.name = "files-browser"';
    await untilFound(`{ ${ofPage} && name = "page load" } >> { ${ofPage} && name = "documentLoad" }`);
  },
);

test.skipIf(!isHere)(`a page of another site, also one that rebinds its name, reaches nothing${skipped}`, async () => {
  const page = await open(await serveEmptyPage());
  const { otlpHttp, loki, prometheus, tempo } = stack.endpoints;
  const urls = [`${loki}/loki/api/v1/labels`, `${prometheus}/api/v1/labels`, `${tempo}/api/search/tags`];
  for (const url of [...urls, `${otlpHttp}/obs/browser`, `${otlpHttp}/obs/identity`]) {
    expect(await fetchFrom(page, url), url).toMatch(/^TypeError/);
  }
  // What a browser sends without asking first, and without an Origin.
  await page.evaluate(`fetch('${otlpHttp}/v1/logs', { method: 'POST', mode: 'no-cors', body: '{}' })`);
  await page.evaluate(`new Promise((done) => Object.assign(new Image(), { onerror: done, src: '${urls[0]}' }))`);
  const refused = (await ask(['doctor'])).findings?.map((finding) => JSON.stringify(finding)).join();
  expect(refused).toContain('/v1/logs was refused with 403');
  expect(refused).toContain('requests that a web page of another site makes are refused');
  // The name of the page's own server now leads to the query port: the browser takes both for the same site.
  const rebound = await browser.newPage();
  onTestFinished(() => rebound.close());
  const answer = await rebound.goto(`${loki?.replace('127.0.0.1', 'attacker.example')}/loki/api/v1/labels`);
  expect(answer?.status()).toBe(403);
});

test.skipIf(!isHere)(
  `scripts in a page of the app itself can send, but read nothing of the stack${skipped}`,
  async () => {
    const { url } = await boot({ service: 'other' });
    const page = await open(url);
    const { otlpHttp, loki, prometheus, tempo } = stack.endpoints;
    const urls = [`${loki}/loki/api/v1/labels`, `${prometheus}/api/v1/labels`, `${tempo}/api/search/tags`];
    for (const one of [...urls, `${otlpHttp}/obs/status`])
      expect(await fetchFrom(page, one), one).toMatch(/^TypeError/);
    expect(await fetchFrom(page, `${otlpHttp}/obs/browser`)).toBe('200');
  },
);

/** Status of the answer, or the error that the page got instead. */
function fetchFrom(page: Page, url: string): Promise<unknown> {
  return page.evaluate(`fetch('${url}').then((answer) => String(answer.status), String)`);
}

/** A page of another site, which happens to lie on this machine. */
async function serveEmptyPage(): Promise<string> {
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>bad</title>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // A server that listens on a port has an address with one.
  return `http://attacker.example:${(server.address() as AddressInfo).port}/`;
}
