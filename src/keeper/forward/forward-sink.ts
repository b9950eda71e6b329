// The sink of stacks whose servers are processes of their own (docker, native, remote): each signal is queued, on disk as
// well, and passed on unchanged. What was acknowledged survives a restart of the server and the death of the keeper.
import { join } from 'node:path';
import { probeServiceName } from '../../model/attributes.ts';
import type { Backend } from '../../model/backend.ts';
import type { Settled } from '../../model/keeper-api.ts';
import type { Bounds } from '../../model/limits.ts';
import type { Usage } from '../../model/stack-state.ts';
import { type Signal, signals } from '../../wire/otlp/request.ts';
import type { ExportRequest } from '../../wire/otlp/types.ts';
import type { MetricMetadata } from '../control/metric-metadata.ts';
import type { IngestOutcome } from '../signal-store.ts';
import type { Arriving, ArrivingSeries, ArrivingStreams, Sink } from '../sink/sink.ts';
import type { Marker } from '../tenancy/tenancy.ts';
import type { Upstreams } from '../upstream/upstream.ts';
import { makeDestinations } from './destination.ts';
import { Lane } from './lane.ts';
import { MetadataFile } from './metadata-file.ts';
import { makePackers, type Packers, packSeries, packStreams, unpackFrame } from './pack.ts';
import { type Parcel, recordNames } from './parcel.ts';
import { openQueueLog, ParcelQueue } from './queue.ts';
import { SearchWatch } from './search-watch.ts';
import { Tally } from './tally.ts';

export interface ForwardSinkOptions {
  readonly stackDir: string;
  readonly backend: Backend;
  readonly upstreams: Upstreams;
  readonly marker: Marker;
  readonly bounds: Bounds;
  /** What metrics say of themselves: filled from what an earlier keeper knew, and kept for the next one. */
  readonly metadata: MetricMetadata;
  readonly nowMs: () => number;
  readonly onNote: (note: string) => void;
}

/** What a keeper that ends gives its last telemetry to get through. */
const flushMs = 1_000;

export class ForwardSink implements Sink {
  private readonly options: ForwardSinkOptions;
  private readonly lanes: Readonly<Record<Signal, Lane>>;
  private readonly packers: Packers;
  private readonly tally: Tally;
  private readonly metadataFile: MetadataFile;
  private readonly searchWatch: SearchWatch;

  /** @throws the system's error when the stack's folder cannot be written. */
  constructor(options: ForwardSinkOptions) {
    const { stackDir, backend, upstreams, bounds, nowMs, onNote } = options;
    const folder = join(stackDir, 'forward');
    this.options = options;
    this.packers = makePackers(backend.prometheus, options.marker);
    this.tally = new Tally(join(folder, 'tally'));
    this.metadataFile = new MetadataFile(join(folder, 'metadata.json'), options.metadata);
    this.searchWatch = new SearchWatch(upstreams.tempo, nowMs);
    const destinations = makeDestinations(backend, upstreams);
    const onTaken = (parcels: readonly Parcel[]) => {
      for (const { newestSpans } of parcels) this.searchWatch.note(newestSpans);
    };
    const makeLane = (signal: Signal) => {
      const queue = new ParcelQueue(openQueueLog(folder, signal), { maxBytes: bounds.forwardQueue });
      return new Lane({ destination: destinations[signal], queue, bounds, nowMs, onTaken, onNote });
    };
    this.lanes = { logs: makeLane('logs'), metrics: makeLane('metrics'), traces: makeLane('traces') };
  }

  /** Takes up what an earlier keeper had not got through; says how many parcels that were. */
  restore(): number {
    return signals.reduce((sum, signal) => sum + this.lanes[signal].restore((frame) => unpackFrame(signal, frame)), 0);
  }

  take<S extends Signal>(arriving: Arriving<S>): IngestOutcome {
    const { signal, request, encoded } = arriving;
    const marked = this.options.marker.markExport(signal, request);
    const pack: (arriving: Arriving<S>) => ReturnType<Packers[S]> = this.packers[signal] as never; // keyed by the signal
    const packed = pack({ ...arriving, request: marked, encoded: marked === request ? encoded : undefined });
    if ('refusal' in packed) return { accepted: 0, rejected: 0, message: packed.refusal, httpStatus: 500 };
    return this.offer(signal, packed, { counted: !isProbe(request) });
  }

  takeSeries(arriving: ArrivingSeries): IngestOutcome {
    const series = this.options.marker.markSeries(arriving.series);
    return this.offer('metrics', packSeries({ ...arriving, series }), { counted: true });
  }

  takeStreams(arriving: ArrivingStreams): IngestOutcome {
    const streams = this.options.marker.markStreams(arriving.streams);
    return this.offer('logs', packStreams({ ...arriving, streams }), { counted: true });
  }

  usage(): Usage {
    return this.tally.usage();
  }

  async settle(timeoutMs: number): Promise<Settled> {
    const begin = performance.now();
    const drained = await Promise.all(signals.map((signal) => this.lanes[signal].drain(timeoutMs)));
    const searchable = await this.searchWatch.wait(timeoutMs - (performance.now() - begin));
    const pending = [
      ...signals
        .filter((_signal, i) => !drained[i])
        .map((signal) => `${recordNames[signal]}s that wait to be forwarded`),
      ...(searchable ? [] : ['spans that Tempo does not find yet']),
    ];
    return { settled: pending.length === 0, waitedMs: Math.round(performance.now() - begin), pending };
  }

  /** No server deletes on demand: the probe stays, under a service name of its own. */
  forgetProbe(): void {}

  /** Each server has its own retention. */
  prune(): void {
    this.metadataFile.save();
  }

  warnings(): readonly string[] {
    return signals.flatMap((signal) => this.lanes[signal].warnings());
  }

  async close(): Promise<void> {
    await Promise.all(signals.map((signal) => this.lanes[signal].close(flushMs)));
    this.tally.close();
    this.metadataFile.save();
  }

  private offer(signal: Signal, parcel: Parcel, { counted }: { readonly counted: boolean }): IngestOutcome {
    const refusal = this.lanes[signal].offer(parcel);
    if (refusal !== undefined) return { accepted: 0, rejected: 0, message: refusal, httpStatus: 503 };
    if (counted) this.tally.add(signal, parcel.records, parcel.payload.length);
    return { accepted: parcel.records, rejected: 0 };
  }
}

function isProbe(request: ExportRequest<unknown>): boolean {
  return request.every(({ resource }) =>
    resource.attributes.some(
      ({ key, value }) => key === 'service.name' && value.kind === 'string' && value.value === probeServiceName,
    ),
  );
}
