// Everything that reads what comes from outside: each decoder and parser with good inputs to start from, how they are damaged,
// and the errors by which it may refuse.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { parseBudget } from '../../../src/budgets/language/parser.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { ObsError } from '../../../src/errors/obs-error.ts';
import { QueryError } from '../../../src/errors/query-error.ts';
import { HttpRefusal } from '../../../src/keeper/http/refusal.ts';
import { uncompress } from '../../../src/keeper/http/snappy.ts';
import { makeDirectLogs } from '../../../src/keeper/ingest/logs/direct-export.ts';
import { makeOtlpMetricsStore } from '../../../src/keeper/ingest/metrics/otlp-metrics-store.ts';
import { makeSpanReader } from '../../../src/keeper/ingest/traces/make-span-reader.ts';
import { makeMasker } from '../../../src/keeper/mask/mask-request.ts';
import { LogStore } from '../../../src/keeper/store/logs/log-store.ts';
import { MetricsStore } from '../../../src/keeper/store/metrics/metrics-store.ts';
import { TraceStore } from '../../../src/keeper/store/traces/trace-store.ts';
import { encodeHeader, readFrame, scanFrames, segmentMagic } from '../../../src/keeper/wal/frame.ts';
import { parse as parseLogql } from '../../../src/logql/parser.ts';
import { fillBounds } from '../../../src/model/limits.ts';
import { parsePromql } from '../../../src/promql/parser.ts';
import { compileRe2, Re2SyntaxError } from '../../../src/std/re2.ts';
import { maskText } from '../../../src/std/secrets/mask-text.ts';
import { parseTraceql } from '../../../src/traceql/parser.ts';
import { MalformedExposition } from '../../../src/wire/exposition/line-scanner.ts';
import { parseExposition } from '../../../src/wire/exposition/page.ts';
import { readProtobufPage } from '../../../src/wire/exposition/protobuf-page.ts';
import {
  decodePushJson,
  decodePushProtobuf,
  encodePushMessage,
  MalformedPush,
  type PushStream,
} from '../../../src/wire/loki/push.ts';
import { MalformedOtlp } from '../../../src/wire/otlp/malformed.ts';
import { decodeJson, decodeProtobuf, encodeProtobuf, type Signal, signals } from '../../../src/wire/otlp/request.ts';
import {
  decodeWriteMetadata,
  decodeWriteRequest,
  encodeWriteRequest,
} from '../../../src/wire/prometheus/remote-write.ts';
import { decodeWriteRequest2 } from '../../../src/wire/prometheus/remote-write-2.ts';
import { decodeZipkinSpans, MalformedZipkin } from '../../../src/wire/zipkin/spans.ts';
import { mutate } from '../mutate.ts';
import { mutateFields } from '../mutate-fields.ts';
import { mutateText } from '../mutate-text.ts';
import type { Random } from '../random.ts';

export interface Target {
  readonly name: string;
  /** A damaged input. */
  readonly make: (random: Random) => Buffer;
  readonly run: (input: Buffer) => unknown;
  /** Inputs of a turn; fewer where each takes long. */
  readonly inputsOfTurn?: number;
  /** What it may throw; anything else is a finding. */
  readonly refusals: readonly (abstract new (
    ...given: never[]
  ) => Error)[];
}

/** Longer ones only make the rounds fewer. */
const longestSeed = 2_000;
const data = join(process.cwd(), 'test/conformance');
const masker = makeMasker();
/** Later than all that is recorded. */
const receivedNs = BigInt(Date.now()) * 1_000_000n;
const bounds = fillBounds({ decompressedBody: 1_000_000 });

/** All targets. */
export function listTargets(): Target[] {
  return [
    ...signals.flatMap(otlpTargets),
    ...pushTargets(),
    ...metricTargets(),
    {
      name: 'Zipkin spans',
      make: ofTexts([
        JSON.stringify([
          {
            traceId: 'abc1',
            id: 'de',
            name: 'n',
            timestamp: 5,
            duration: 7,
            kind: 'SERVER',
            localEndpoint: { serviceName: 's' },
            annotations: [{ timestamp: 1, value: 'v' }],
            tags: { a: 'b' },
          },
        ]),
      ]),
      run: decodeZipkinSpans,
      refusals: [MalformedZipkin],
    },
    { name: 'write-ahead log', make: ofBytes([makeSegment()]), run: readSegment, refusals: [] },
    { name: 'masker', make: ofTexts(secretTexts), run: onText(maskText), refusals: [] },
    ...languageTargets(),
  ];
}

function readSegment(bytes: Buffer): void {
  for (const start of scanFrames(bytes).starts) readFrame(bytes, start);
}

function otlpTargets(signal: Signal): Target[] {
  const small = smallExports(signal);
  const encoded = small.map((text) => encodeProtobuf(signal, decodeJson(signal, Buffer.from(text))));
  return [
    {
      name: `OTLP ${signal} protobuf`,
      make: ofMessages(encoded),
      run: (b) => decodeProtobuf(signal, b),
      refusals: [MalformedOtlp],
    },
    { name: `OTLP ${signal} JSON`, make: ofTexts(small), run: (b) => decodeJson(signal, b), refusals: [MalformedOtlp] },
    { name: `OTLP ${signal} into columns`, make: ofMessages(encoded), run: makeShortWay(signal), refusals: [] },
  ];
}

/** The short way of a signal; what it takes is stored. The store is made anew now and then, since data is not what is measured. */
function makeShortWay(signal: Signal): (body: Buffer) => unknown {
  const inputsOfStore = 2_000;
  const make: Readonly<Record<Signal, () => (body: Buffer) => unknown>> = {
    logs: () => {
      const read = makeDirectLogs(new LogStore(() => 0), masker);
      return (body) => read(body, receivedNs)?.commit();
    },
    metrics: () => {
      const store = makeOtlpMetricsStore(new MetricsStore(), { masker, learnMetrics: () => undefined });
      return (body) => store.readDirect?.(body, 1n)?.commit();
    },
    traces: () => {
      const store = new TraceStore((parts) => makeSpanReader({ ...parts, masker }));
      return (body) => store.readDirect(body)?.commit();
    },
  };
  let way = make[signal]();
  let inputs = 0;
  return (body) => {
    if (++inputs % inputsOfStore === 0) way = make[signal]();
    return way(body);
  };
}

function pushTargets(): Target[] {
  const streams: PushStream[] = [
    { labels: '{a="b", c="d"}', entries: [{ timeNs: 5n, line: 'a line', metadata: [['x', 'y']] }] },
  ];
  const plain = encodePushMessage(streams);
  const message = ofMessages([plain]);
  return [
    {
      name: 'Loki push JSON',
      make: ofTexts(['{"streams":[{"stream":{"a":"b"},"values":[["1700000000000000000","line",{"x":"y"}]]}]}']),
      run: decodePushJson,
      refusals: [MalformedPush],
    },
    {
      name: 'Loki push protobuf',
      make: message,
      run: decodePushProtobuf,
      refusals: [MalformedPush],
    },
    {
      name: 'snappy',
      make: ofBytes([Buffer.from(compress(new Uint8Array(Buffer.concat([plain, plain, gzipSync(plain)]))))]),
      run: (bytes) => uncompress(bytes, bounds),
      refusals: [HttpRefusal],
    },
  ];
}

function metricTargets(): Target[] {
  const labels = [{ name: '__name__', value: 'up' }];
  const written = encodeWriteRequest([
    {
      labels,
      samples: [
        { value: 1, timeMs: 5 },
        { value: 'stale', timeMs: -6 },
      ],
      exemplars: [{ labels, value: 1, timeMs: 5 }],
    },
  ]);
  const page =
    '# HELP a_total H\\n\n# TYPE a_total counter\na_total{x="1",y="\\"q\\""} 5 1700000000000\n{"b.c",d="e"} +Inf\na_total 1 # {t="u"} 2 3\n# EOF\n';
  return [
    {
      name: 'remote write 1',
      make: ofMessages([written]),
      run: (b) => [decodeWriteRequest(b), decodeWriteMetadata(b)],
      refusals: [MalformedOtlp],
    },
    {
      name: 'remote write 2',
      make: ofMessages([written, writtenVersion2]),
      run: decodeWriteRequest2,
      refusals: [MalformedOtlp],
    },
    {
      name: 'metrics page, text',
      make: ofTexts([page]),
      run: onText((text) => parseExposition(text, 'text')),
      refusals: [MalformedExposition],
    },
    {
      name: 'metrics page, protobuf',
      make: ofMessages([pageInProtobuf]),
      run: (bytes) => readProtobufPage(bytes, { samples: 10_000, described: '' }),
      refusals: [MalformedExposition],
    },
    {
      name: 'metrics page, OpenMetrics',
      make: ofTexts([page]),
      run: onText((text) => parseExposition(text, 'openMetrics')),
      refusals: [MalformedExposition],
    },
  ];
}

/** A histogram with native buckets, after its length. */
const pageInProtobuf = Buffer.from(
  '2b0a0168120148180422243a22080311000000000000104028023100000000000000003803620408001002620202016a020202',
  'hex',
);

/** Symbols, one series with labels by number, a sample and metadata. */
const writtenVersion2 = Buffer.from(
  '2200220875702a2e2a1a0a0401020304120b09000000000000f03f10052a0608011001180132',
  'hex',
);

function languageTargets(): Target[] {
  const patterns = ['(?i)^a+(b|c)*?[^x-z\\d]$', '(?P<n>\\p{L}{2,5})|\\bq', 'a{1000}{2}'];
  const config =
    'runtime: auto\nlimits: { memory: 1GB, lineLength: 4KiB }\napps:\n  web: { command: npm start, ports: { PORT: auto } }\nbudgets:\n  - startup < 800ms\n';
  const budgets = [
    'no span in journeys checkout, browse > 2s',
    'p95(span "GET /x" {status = error} of web in journey checkout) < 300ms over 20 samples',
    'logs {service_name="web"} |= "a > b" == 0',
  ];
  const of = (
    name: string,
    seeds: readonly string[],
    parse: (text: string) => unknown,
    refusal: Target['refusals'][number] = QueryError,
  ): Target => ({
    name,
    make: (random) => Buffer.from(mutateText(random.pick(seeds), seeds, random)),
    run: onText(parse),
    refusals: [refusal, QueryError, ObsError],
  });
  return [
    of('PromQL', readQueries('promql'), parsePromql),
    of('LogQL', readQueries('logql'), parseLogql),
    of('TraceQL', readQueries('traceql'), parseTraceql),
    of('budgets', budgets, (text) => parseBudget(text, { kind: 'argument', source: 'fuzz' })),
    { ...of('RE2', patterns, (text) => compileRe2(text), Re2SyntaxError), inputsOfTurn: 100 },
    { ...of('obs.yaml', [config], (text) => parseConfig(text, 'obs.yaml')), inputsOfTurn: 20 },
  ];
}

const secretTexts = [
  'Authorization: Bearer abcdefghijklmnop123 password=h2unt3rXyZ91 postgres://ann:secret@db/shop',
  '{"apiKey":"x1y2z3","card":"4111 1111 1111 1111","cookie":"sid=abc; other=d"}',
  '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----',
];

function makeSegment(): Buffer {
  const frames = Array.from({ length: 5 }, (_, i) => ({
    kind: 1,
    receivedNs: BigInt(i),
    payload: Buffer.from(`record ${i}`),
  }));
  return Buffer.concat([segmentMagic, ...frames.flatMap((frame) => [encodeHeader(frame), frame.payload])]);
}

/** Exports of the recorded data, cut down to a record or two each. */
function smallExports(signal: Signal): string[] {
  const { requests } = JSON.parse(readFileSync(`${data}/data/${signal}.json`, 'utf8')) as {
    requests: { body: object }[];
  };
  const shortened = requests
    .flatMap(({ body }) => [shorten(body, 0), shorten(body, 1)])
    .map((body) => JSON.stringify(body));
  const fitting = [...new Set(shortened)].filter((text) => text.length < longestSeed * 2);
  return fitting.length > 0 ? fitting : shortened;
}

// Of each list the element at `at`, or the last.
function shorten(value: unknown, at: number): unknown {
  if (Array.isArray(value))
    return value
      .slice(0, at + 1)
      .slice(-1)
      .map((one) => shorten(one, at));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'attributes' ? inner : shorten(inner, at)]),
  );
}

function readQueries(language: string): string[] {
  const { queries } = JSON.parse(readFileSync(process.env.OBS_FUZZ_QUERIES ?? '', 'utf8')) as {
    queries: Record<string, string[]>;
  };
  return queries[language] ?? [];
}

function ofBytes(seeds: readonly Buffer[]): Target['make'] {
  return (random) => mutate(random.pick(seeds), random);
}

/** Protobuf, damaged at any level. */
function ofMessages(seeds: readonly Buffer[]): Target['make'] {
  return (random) => random.pick([mutate, mutateFields])(random.pick(seeds), random);
}

function ofTexts(seeds: readonly string[]): Target['make'] {
  return (random) =>
    random.below(2) === 0
      ? mutate(Buffer.from(random.pick(seeds)), random)
      : Buffer.from(mutateText(random.pick(seeds), seeds, random));
}

function onText(parse: (text: string) => unknown): Target['run'] {
  return (input) => parse(input.toString('utf8'));
}
