// The short ways in (bytes into columns) against the long one (decode, mask, store) on damaged exports: what a short way takes,
// the long one takes as well, changes nothing of, and stores just the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectLogs } from '../../src/keeper/ingest/logs/direct-export.ts';
import { entriesOfOtlp } from '../../src/keeper/ingest/logs/otlp-entries.ts';
import { makeOtlpMetricsStore } from '../../src/keeper/ingest/metrics/otlp-metrics-store.ts';
import { makeSpanReader } from '../../src/keeper/ingest/traces/make-span-reader.ts';
import { makeMasker } from '../../src/keeper/mask/mask-request.ts';
import type { DirectExport, IngestOutcome } from '../../src/keeper/signal-store.ts';
import { LogStore } from '../../src/keeper/store/logs/log-store.ts';
import { MetricsStore } from '../../src/keeper/store/metrics/metrics-store.ts';
import { TraceStore } from '../../src/keeper/store/traces/trace-store.ts';
import { keyOfLabels } from '../../src/logql/values.ts';
import {
  decodeJson,
  decodeProtobuf,
  encodeProtobuf,
  type RecordOf,
  type Signal,
  signals,
} from '../../src/wire/otlp/request.ts';
import type { ExportRequest } from '../../src/wire/otlp/types.ts';
import { mutate } from './mutate.ts';
import { mutateFields } from './mutate-fields.ts';
import { Random, readRounds, readSeed } from './random.ts';

// A new one each time; the message of a failure names it, and OBS_FUZZ_SEED takes it back.
const seed = readSeed();
/** Readers remember what they met before: some exports go into one store. */
const mostExportsPerStore = 6;
// The recorded metrics begin at 0; later times would make them too old.
const receivedNs = 600_000_000_000n;
const always = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };
const masker = makeMasker();

/** A store with its two ways in. */
interface Store<S extends Signal> {
  readDirect(body: Buffer): DirectExport | undefined;
  ingest(request: ExportRequest<RecordOf[S]>): IngestOutcome;
  /** All that it holds. */
  dump(): unknown;
}

const makeStore: { readonly [S in Signal]: () => Store<S> } = {
  logs: () => {
    const store = new LogStore(() => 0);
    const readDirect = makeDirectLogs(store, masker);
    return {
      readDirect: (body) => readDirect(body, receivedNs),
      ingest: (request) => {
        const streams = entriesOfOtlp(request, receivedNs);
        for (const { labels, entries } of streams) store.append(labels, entries);
        return { accepted: streams.reduce((sum, { entries }) => sum + entries.length, 0), rejected: 0 };
      },
      dump: () => [store.usage().records, dumpLogs(store)],
    };
  },
  metrics: () => {
    const store = new MetricsStore();
    const sink = makeOtlpMetricsStore(store, { masker, learnMetrics: () => undefined });
    return {
      readDirect: (body) => sink.readDirect?.(body, receivedNs),
      ingest: (request) => sink.ingest(request, receivedNs),
      dump: () => dumpMetrics(store),
    };
  },
  traces: () => {
    const store = new TraceStore((parts) => makeSpanReader({ ...parts, masker }));
    const ids = new Set<string>();
    const noteIds = (request: ExportRequest<RecordOf['traces']>) => {
      for (const { scopes } of request)
        for (const { items } of scopes) for (const { traceId } of items) ids.add(traceId);
    };
    return {
      readDirect: (body) => {
        const direct = store.readDirect(body);
        if (direct !== undefined) noteIds(decodeProtobuf('traces', body));
        return direct;
      },
      ingest: (request) => {
        noteIds(request);
        return store.ingest(request);
      },
      dump: () => [store.usage().records, [...ids].map((id) => store.readTrace(id))],
    };
  },
};

function dumpLogs(store: LogStore): unknown {
  return [...store.streams([])].map((stream) => ({
    labels: keyOfLabels(stream.labels),
    entries: stream.all.flatMap((block) =>
      Array.from({ length: block.rowCount }, (_, row) => ({
        timeNs: block.baseNs + BigInt(block.offsetsNs[row] ?? 0),
        line: block.bytes.toString('utf8', block.lineStarts[row], block.lineStarts[row + 1]),
        metadata: block.metadata(row),
      })),
    ),
  }));
}

function dumpMetrics(store: MetricsStore): unknown {
  const samples = store.select([], always).map(({ labels, times, values, kinds, histograms }) => ({
    labels: labels.key,
    times: [...times],
    values: [...values],
    kinds: [...(kinds ?? new Uint8Array(times.length))],
    histograms: [...(histograms ?? times)].map((one) => (typeof one === 'object' ? one : undefined)),
  }));
  const exemplars = store.selectExemplars([], always).map((one) => [one.labels.key, one.exemplars]);
  return { samples: samples.sort((a, b) => (a.labels < b.labels ? -1 : 1)), exemplars, usage: store.usage() };
}

function readCorpus(signal: Signal): Buffer[] {
  const path = join(import.meta.dirname, `../conformance/data/${signal}.json`);
  const { requests } = JSON.parse(readFileSync(path, 'utf8')) as { requests: { body: object }[] };
  return requests.map(({ body }) => encodeProtobuf(signal, decodeJson(signal, Buffer.from(JSON.stringify(body)))));
}

/** Sends one export both ways; says whether the short way took it. */
function sendBothWays<S extends Signal>(
  { signal, quick, long }: { signal: S; quick: Store<S>; long: Store<S> },
  body: Buffer,
): boolean {
  const direct = quick.readDirect(body);
  if (direct === undefined) return false;
  const request = decodeProtobuf(signal, body);
  expect(masker.maskExport(signal, request)).toBe(request);
  expect(direct.commit()).toEqual(long.ingest(request));
  return true;
}

test.each(signals)(
  `damaged %s leave the same store by both ways (seed ${seed})`,
  (signal) => {
    const random = new Random(seed);
    const corpus = readCorpus(signal);
    const rounds = readRounds();
    let taken = 0;
    for (let round = 0; round < rounds; ) {
      // The table has a store of this very signal.
      const [quick, long] = [makeStore[signal](), makeStore[signal]()] as [Store<Signal>, Store<Signal>];
      const bodies: string[] = [];
      try {
        for (let i = random.below(mostExportsPerStore); i >= 0; i--, round++) {
          const body = random.pick([mutate, mutateFields])(random.pick(corpus), random);
          bodies.push(body.toString('hex'));
          if (sendBothWays({ signal, quick, long }, body)) taken++;
        }
        expect(quick.dump()).toEqual(long.dump());
      } catch (cause) {
        throw new Error(`seed ${seed}, round ${round}, after ${bodies.join(' ')}: ${String(cause)}`, { cause });
      }
    }
    expect(taken).toBeGreaterThan(0);
  },
  120_000,
);
