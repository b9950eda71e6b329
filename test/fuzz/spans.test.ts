// The short way of spans on damaged bodies: what it takes, the long way takes as well, and both store the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSpanReader } from '../../src/keeper/ingest/traces/make-span-reader.ts';
import { makeMasker } from '../../src/keeper/mask/mask-request.ts';
import { TraceStore } from '../../src/keeper/store/traces/trace-store.ts';
import { decodeJson, decodeProtobuf, encodeProtobuf } from '../../src/wire/otlp/request.ts';
import type { TracesRequest } from '../../src/wire/otlp/types.ts';
import { mutate } from './mutate.ts';
import { Random, readRounds, readSeed } from './random.ts';

// A new one each time; the message of a failure names it, and OBS_FUZZ_SEED takes it back.
const seed = readSeed();
const masker = makeMasker();

function makeCorpus(): Buffer[] {
  const path = join(import.meta.dirname, '../conformance/data/traces.json');
  const { requests } = JSON.parse(readFileSync(path, 'utf8')) as { requests: { body: object }[] };
  return requests.map(({ body }) => encodeProtobuf('traces', decodeJson('traces', Buffer.from(JSON.stringify(body)))));
}

function listTraces(store: TraceStore, request: TracesRequest): unknown[] {
  const spans = request.flatMap((group) => group.scopes.flatMap((scope) => scope.items));
  return [...new Set(spans.map((span) => span.traceId))].map((id) => store.readTrace(id));
}

test(`a damaged export leaves the same traces by both ways (seed ${seed})`, () => {
  const random = new Random(seed);
  const corpus = makeCorpus();
  const rounds = readRounds();
  let taken = 0;
  for (let round = 0; round < rounds; round++) {
    const body = mutate(random.pick(corpus), random);
    const quick = new TraceStore((parts) => makeSpanReader({ ...parts, masker }));
    const direct = quick.readDirect(body);
    if (direct === undefined) continue;
    taken++;
    const request = decodeProtobuf('traces', body);
    expect(masker.maskExport('traces', request), `round ${round}`).toBe(request);
    const long = new TraceStore();
    expect(direct.commit(), `round ${round}`).toEqual(long.ingest(request));
    expect(listTraces(quick, request), `round ${round}`).toEqual(listTraces(long, request));
  }
  expect(taken).toBeGreaterThan(0);
}, 120_000);
