// Memory, processor share, threads and open files of the app's process tree as metrics, once a second, without help from the app.
import type { Metric } from '../../wire/otlp/types.ts';
import type { AppPlan } from '../plan.ts';
import { makeResource } from '../telemetry/resource.ts';
import { type SendTarget, sendRecords } from '../telemetry/sender.ts';
import { readUsage, type TreeUsage } from './usage.ts';

const intervalMs = 1000;
/** The first look comes early, so that an app that lives a moment has a value too. */
const firstLookMs = 100;

const nothing: TreeUsage = { rssBytes: 0, cpuMs: 0, processes: 0, threads: null, openFiles: null };

interface Look {
  readonly usage: TreeUsage;
  readonly atMs: number;
}

export class UsageRecorder {
  readonly #target: SendTarget;
  readonly #pid: number;
  readonly #nowMs: () => number;
  readonly #timers: NodeJS.Timeout[];
  #last: Look;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(plan: AppPlan, pid: number, nowMs: () => number) {
    this.#target = { otlpHttp: plan.otlpHttp, resource: makeResource(plan) };
    this.#pid = pid;
    this.#nowMs = nowMs;
    this.#last = { usage: nothing, atMs: nowMs() };
    const look = (): void => this.#look();
    this.#timers = [setTimeout(look, firstLookMs).unref(), setInterval(look, intervalMs).unref()];
  }

  /** Ends the recording; resolves when what was seen is sent. */
  async end(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#sending;
  }

  #look(): void {
    const usage = readUsage(this.#pid);
    if (usage === undefined) return;
    const now = { usage, atMs: this.#nowMs() };
    const metrics = makeMetrics(this.#last, now);
    this.#last = now;
    this.#sending = this.#sending.then(() => sendRecords(this.#target, 'metrics', metrics));
  }
}

function makeMetrics(before: Look, now: Look): Metric[] {
  // Processes that ended take their time with them, so the sum can fall.
  const cpuMs = Math.max(0, now.usage.cpuMs - before.usage.cpuMs);
  const elapsedMs = Math.max(1, now.atMs - before.atMs);
  const values = { ...now.usage, cpuRatio: cpuMs / elapsedMs };
  return gauges.flatMap(({ of, ...gauge }) => {
    const value = values[of];
    return value === null ? [] : [makeGauge({ ...gauge, value, atMs: now.atMs })];
  });
}

const gauges = [
  {
    of: 'rssBytes',
    name: 'obs_app_rss_bytes',
    unit: 'By',
    description: 'Resident memory, sum over the process tree.',
  },
  {
    of: 'cpuRatio',
    name: 'obs_app_cpu_ratio',
    unit: '1',
    description: 'Share of one core that the process tree used since the last look.',
  },
  { of: 'processes', name: 'obs_app_processes', unit: '', description: 'Processes in the tree.' },
  { of: 'threads', name: 'obs_app_threads', unit: '', description: 'Threads, sum over the process tree.' },
  { of: 'openFiles', name: 'obs_app_open_files', unit: '', description: 'Open files, sum over the process tree.' },
] as const;

interface Gauge {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly value: number;
  readonly atMs: number;
}

function makeGauge({ name, unit, description, value, atMs }: Gauge): Metric {
  const timeUnixNano = BigInt(Math.round(atMs * 1000)) * 1000n;
  const point = { attributes: [], startTimeUnixNano: 0n, timeUnixNano, flags: 0, value, isInt: false, exemplars: [] };
  return { name, description, unit, data: { kind: 'gauge', points: [point] }, metadata: [] };
}
