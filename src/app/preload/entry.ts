// What NODE_OPTIONS loads into every Node process of an app. It only watches which libraries the app loads; all else is
// fetched when the first of them comes. It must never break, slow down or keep alive the process it is in.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { patchBuiltins } from './builtins.ts';
import type { RequestAnnouncement } from './chunks/undici.ts';
import type { Core, start } from './core.ts';
import { isModuleProgram } from './entry-format.ts';
import { watchFetch } from './fetch.ts';
import { installModuleHook, type ModuleRegistry } from './module-hook.ts';
import { isSwitchedOff, isTool } from './process-kind.ts';
import type { ExporterChunk } from './sdk/late-exporter.ts';
import { openSpool } from './sdk/spool.ts';
import { recordStartup } from './startup-record.ts';

/** Chunk names by package or built-in module; written by build.mjs from the instrumentations themselves. */
declare const WATCHED_PACKAGES: Record<string, string[]>;

/** What each instrumentation chunk exports. */
interface InstrumentationChunk {
  readonly make: () => Instrumentation;
}

const sdkPackages = new Set([
  '@opentelemetry/sdk-node',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/sdk-trace-node',
  'dd-trace',
  'newrelic',
  'elastic-apm-node',
]);

/** Express 5 is built on `router`; both watched would make two spans of each layer. */
const supersededBy = new Map([['router', ['express']]]);

/** Off unless asked for by name: they make a span for every file, look-up and connection. */
const onRequestOnly = new Set(['fs', 'dns', 'net', 'host-metrics']);

function main(): void {
  const once = Symbol.for('worktree-obs.preload');
  const program = process.argv[1];
  if (once in globalThis || isSwitchedOff(process.env) || isTool(program, dirname(__dirname))) return;
  Object.defineProperty(globalThis, once, { value: true });
  const beganAtMs = performance.now();
  const spool = openSpool(process.env.OBS_SPOOL);
  const chunks = chooseChunks(readChoice(process.env));
  const loaded = new Set<string>();
  let core: Core | undefined;
  let stoodBackFor: string | undefined;

  const registry: ModuleRegistry = installModuleHook({
    isWatched: (name) => chunks.has(name) || sdkPackages.has(name),
    onFirstLoad: (name) => {
      if (stoodBackFor !== undefined || supersededBy.get(name)?.some((chunk) => loaded.has(chunk))) return;
      if (sdkPackages.has(name)) {
        stoodBackFor = name;
        core?.standBack();
        return;
      }
      for (const chunk of chunks.get(name) ?? []) fetchInstrumentation(chunk);
    },
  });

  function fetchInstrumentation(chunk: string): void {
    if (loaded.has(chunk)) return;
    loaded.add(chunk);
    core ??= loadChunk<{ start: typeof start }>('core').start({
      registry,
      spool,
      loadExporter: () => loadChunk<ExporterChunk>('exporter'),
    });
    core.add(loadChunk<InstrumentationChunk>(chunk).make());
  }

  if (isModuleProgram(program, process.execArgv)) patchBuiltins();
  watchFetch((announcement) => {
    if (stoodBackFor !== undefined || !chunks.has('undici')) return;
    fetchInstrumentation('undici');
    loadChunk<typeof import('./chunks/undici.ts')>('undici').showFirst(announcement as RequestAnnouncement);
  });
  recordStartup({ spool, beganAtMs, stoodBackFor: () => stoodBackFor });
}

function loadChunk<T>(name: string): T {
  // The chunks are built together with this file and carry the types they are read with here.
  return createRequire(__filename)(join(__dirname, `${name}.cjs`)) as T;
}

/** The chunks to load, by package. */
function chooseChunks(isChosen: (chunk: string) => boolean): Map<string, string[]> {
  const chosen = Object.entries(WATCHED_PACKAGES).map(([name, chunks]) => [name, chunks.filter(isChosen)] as const);
  return new Map(chosen.filter(([, chunks]) => chunks.length > 0));
}

/** OTEL_NODE_ENABLED_INSTRUMENTATIONS and OTEL_NODE_DISABLED_INSTRUMENTATIONS, as the official package reads them. */
function readChoice(env: NodeJS.ProcessEnv): (chunk: string) => boolean {
  const enabled = readList(env.OTEL_NODE_ENABLED_INSTRUMENTATIONS);
  const disabled = readList(env.OTEL_NODE_DISABLED_INSTRUMENTATIONS);
  return (chunk) =>
    !disabled?.includes(chunk) && (enabled === undefined ? !onRequestOnly.has(chunk) : enabled.includes(chunk));
}

function readList(text: string | undefined): string[] | undefined {
  return text ? text.split(',').map((item) => item.trim()) : undefined;
}

main();
