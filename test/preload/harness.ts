// Runs real Node programs with the built preload, and collects what they export.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');
export const shop = join(root, 'docs/examples/shop');
export const preload = join(root, 'dist/preload/entry.cjs');
const pollMs = 20;
const waitMs = 60_000;

export interface CollectedSpan {
  readonly service: string;
  readonly scope: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface JsonAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface JsonExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly JsonAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly (Omit<CollectedSpan, 'attributes' | 'service' | 'scope'> & {
        readonly attributes: readonly JsonAttribute[];
      })[];
    }[];
  }[];
}

export interface Collector {
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** Names of the metrics that came. */
  readonly metrics: Set<string>;
}

/** An OTLP/HTTP receiver for JSON spans that lives as long as the test. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const metrics = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (request.url === '/v1/traces') spans.push(...readSpans(body));
      if (request.url === '/v1/metrics') for (const name of readMetricNames(body)) metrics.add(name);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server has a port
  return { url: `http://127.0.0.1:${port}`, spans, metrics };
}

export function readSpans(json: string): CollectedSpan[] {
  const { resourceSpans } = JSON.parse(json) as JsonExport;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...span,
        scope: scope.name,
        parentSpanId: span.parentSpanId ?? '',
        service: String(readAttributes(resource.attributes)['service.name']),
        attributes: readAttributes(span.attributes),
      })),
    ),
  );
}

interface JsonMetrics {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

function readMetricNames(json: string): string[] {
  const { resourceMetrics } = JSON.parse(json) as JsonMetrics;
  return resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
  );
}

function readAttributes(attributes: readonly JsonAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

export interface Program {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly collector?: Collector;
  readonly env?: Readonly<Record<string, string>>;
  readonly preload?: string;
}

/** Starts `node ARGS` with the preload; it is killed when the test is over. */
export function startNode(args: readonly string[], options: ProgramOptions): Program {
  const env = {
    PATH: process.env.PATH,
    NODE_OPTIONS: `--require="${options.preload ?? preload}"`,
    OTEL_EXPORTER_OTLP_ENDPOINT: options.collector?.url ?? 'http://127.0.0.1:9',
    // What the collector above reads.
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_SEMCONV_STABILITY_OPT_IN: 'http,database',
    ...options.env,
  };
  const child = spawn(process.execPath, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
  );
  return { process: child, output: () => output, ended };
}

/** A folder with these files; `modules` names a node_modules folder that they see. */
export function makeFolder(files: Readonly<Record<string, string>>, modules?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'obs preload '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  if (modules !== undefined) symlinkSync(modules, join(folder, 'node_modules'));
  return folder;
}

/** Spans that a process left in the spool because it could not send them any more. */
export function readSpool(folder: string): CollectedSpan[] {
  const files = readdirSync(folder).filter((name) => name.startsWith('traces-'));
  return files.flatMap((name) => readSpans(readFileSync(join(folder, name), 'utf8')));
}

/** Waits until `read` gives something; fails with what there was. */
export async function waitUntil<T>(read: () => T | undefined | false, describe: () => string): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const found = read();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`it did not come: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

export const rootModules = join(root, 'node_modules');
export const shopModules = join(shop, 'node_modules');
