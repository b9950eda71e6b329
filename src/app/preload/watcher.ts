// Decides, as the app loads its libraries, what of OpenTelemetry this process needs, and fetches just that.
import { createRequire } from 'node:module';
import { sep } from 'node:path';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { ChunkLoader } from './chunk-loader.ts';
import type { RequestAnnouncement } from './chunks/undici.ts';
import type { Core, CoreOptions, MetricsChunk, TracingChunk } from './core.ts';
import { watchFetch } from './fetch.ts';
import { installModuleHook, type ModuleRegistry } from './module-hook.ts';
import type { ModuleTimer } from './module-timer.ts';
import type { ExporterChunk } from './sdk/late-exporter.ts';
import type { Spool } from './sdk/spool.ts';

/** What each instrumentation chunk exports. */
interface InstrumentationChunk {
  readonly make: () => Instrumentation;
}

export interface WatcherOptions {
  readonly loader: ChunkLoader;
  /** Chunks by package or built-in module. */
  readonly chunks: ReadonlyMap<string, readonly string[]>;
  /** Names of modules and files that instrumentations replace. */
  readonly patched: ReadonlySet<string>;
  readonly spool: Spool | undefined;
  readonly timer: ModuleTimer;
}

/** Whoever loads one of these does its own tracing. */
const sdkPackages = new Set([
  '@opentelemetry/sdk-node',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/sdk-trace-node',
  'dd-trace',
  'newrelic',
  'elastic-apm-node',
]);

/** Whoever loads this may send the lines that it prints. */
const logsPackage = '@opentelemetry/sdk-logs';

/** Instruments that the app makes itself work only if the provider was there before; libraries are content without. */
const apiPackage = '@opentelemetry/api';

/** Express 5 is built on `router`; both watched would make two spans of each layer. */
const supersededBy = new Map([['router', 'express']]);

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #registry: ModuleRegistry;
  readonly #fetched = new Set<string>();
  #core: Core | undefined;
  #stoodBackFor: string | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
    const { chunks, patched, timer } = options;
    this.#registry = installModuleHook({
      timer,
      patched,
      isWatched: (name, findLoader) =>
        chunks.has(name) ||
        sdkPackages.has(name) ||
        name === logsPackage ||
        (name === apiPackage && findLoader() === undefined),
      onFirstLoad: (name) => this.#onFirstLoad(name),
    });
    watchFetch((announcement) => this.#onFirstFetch(announcement));
    // A preload that the person set runs before this one.
    const earlier = findLoadedSdk();
    if (earlier !== undefined) this.#standBack(earlier);
  }

  /** The SDK that the app brought, if it did. */
  get stoodBackFor(): string | undefined {
    return this.#stoodBackFor;
  }

  #onFirstLoad(name: string): void {
    if (name === logsPackage) this.#options.spool?.write('own-logs', '{}');
    if (this.#stoodBackFor !== undefined) return;
    if (sdkPackages.has(name)) this.#standBack(name);
    else if (name === apiPackage) this.#openCore().startAll();
    else if (!this.#fetched.has(supersededBy.get(name) ?? '')) {
      for (const chunk of this.#options.chunks.get(name) ?? []) this.#fetch(chunk);
    }
  }

  #onFirstFetch(announcement: unknown): void {
    if (this.#stoodBackFor !== undefined || !this.#options.chunks.has('undici')) return;
    this.#fetch('undici');
    const chunk = this.#options.loader.load<typeof import('./chunks/undici.ts')>('undici');
    // undici's channel sends nothing else.
    chunk.showFirst(announcement as RequestAnnouncement);
  }

  #fetch(chunk: string): void {
    if (this.#fetched.has(chunk)) return;
    this.#fetched.add(chunk);
    const core = this.#openCore();
    core.add(this.#options.loader.load<InstrumentationChunk>(chunk).make());
  }

  #openCore(): Core {
    const { loader, spool } = this.#options;
    if (this.#core !== undefined) return this.#core;
    const { Core } = loader.load<{ Core: new (options: CoreOptions) => Core }>('core');
    this.#core = new Core({
      registry: this.#registry,
      spool,
      loadTracing: () => loader.load<TracingChunk>('tracing'),
      loadExporter: () => loader.load<ExporterChunk>('exporter'),
      loadMetrics: () => loader.load<MetricsChunk>('metrics'),
    });
    return this.#core;
  }

  #standBack(sdk: string): void {
    this.#stoodBackFor = sdk;
    this.#core?.standBack();
  }
}

/** The SDK that was loaded before anything was watched. */
function findLoadedSdk(): string | undefined {
  const { cache } = createRequire(__filename);
  const files = Object.keys(cache).map((file) => file.replaceAll(sep, '/'));
  return [...sdkPackages].find((name) => files.some((file) => file.includes(`/node_modules/${name}/`)));
}
