// Decoders on damaged input: each takes it or refuses it with its own error, and never anything else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeHeader, type Frame, readFrame, scanFrames, segmentMagic } from '../../src/keeper/wal/frame.ts';
import { maskText } from '../../src/std/secrets/mask-text.ts';
import { MalformedExposition } from '../../src/wire/exposition/line-scanner.ts';
import { parseExposition } from '../../src/wire/exposition/page.ts';
import { MalformedOtlp } from '../../src/wire/otlp/malformed.ts';
import { decodeJson, decodeProtobuf, encodeProtobuf, type Signal, signals } from '../../src/wire/otlp/request.ts';
import { decodeWriteRequest, encodeWriteRequest } from '../../src/wire/prometheus/remote-write.ts';
import { mutate, mutateJson } from './mutate.ts';
import { Random, readRounds, readSeed } from './random.ts';

// A new one each time; the message of a failure names it, and OBS_FUZZ_SEED takes it back.
const seed = readSeed();
const rounds = readRounds();

/** Runs a property on many inputs; the message of a failure has the seed and the round. */
function forRounds(property: (random: Random) => void): void {
  const random = new Random(seed);
  for (let round = 0; round < rounds; round++) {
    try {
      property(random);
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}: ${String(error)}`, { cause: error });
    }
  }
}

/** What `decode` gives, or undefined when it refuses with the error it is allowed to. */
function decodeOrRefuse<T>(decode: () => T, refusal: new (detail: string) => Error): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof refusal) return undefined;
    throw error;
  }
}

const recorded = (signal: Signal): object[] => {
  const path = join(import.meta.dirname, `../conformance/data/${signal}.json`);
  const { requests } = JSON.parse(readFileSync(path, 'utf8')) as { requests: { body: object }[] };
  return requests.map(({ body }) => body);
};

test.each(signals)(
  'damaged protobuf %s are refused or taken, and what is taken can be written and read again',
  (signal) => {
    const corpus = recorded(signal).map((body) =>
      encodeProtobuf(signal, decodeJson(signal, Buffer.from(JSON.stringify(body)))),
    );
    forRounds((random) => {
      const bytes = mutate(random.pick(corpus), random);
      const request = decodeOrRefuse(() => decodeProtobuf(signal, bytes), MalformedOtlp);
      if (request === undefined) return;
      const once = encodeProtobuf(signal, request);
      expect(encodeProtobuf(signal, decodeProtobuf(signal, once)).equals(once)).toBe(true);
    });
  },
);

test.each(signals)('damaged JSON %s are refused or taken', (signal) => {
  const corpus = recorded(signal);
  forRounds((random) => {
    const body = random.pick(corpus);
    const text =
      random.below(2) === 0
        ? Buffer.from(JSON.stringify(mutateJson(body, random)))
        : mutate(Buffer.from(JSON.stringify(body)), random);
    decodeOrRefuse(() => decodeJson(signal, text), MalformedOtlp);
  });
});

test('damaged remote writes are refused or taken', () => {
  const labels = [{ name: '__name__', value: 'up' }];
  const bytes = encodeWriteRequest([
    {
      labels,
      samples: [
        { value: 1, timeMs: 5 },
        { value: 'stale', timeMs: -6 },
      ],
    },
  ]);
  forRounds((random) => void decodeOrRefuse(() => decodeWriteRequest(mutate(bytes, random)), MalformedOtlp));
});

test('damaged metrics pages are refused or taken', () => {
  const page = Buffer.from(
    '# HELP a_total H\\n\n# TYPE a_total counter\na_total{x="1",y="\\"q\\""} 5 1700000000000\n{"b.c",d="e"} +Inf\n# EOF\n',
  );
  forRounds((random) => {
    const text = mutate(page, random).toString('utf8');
    decodeOrRefuse(() => parseExposition(text, random.pick(['text', 'openMetrics'])), MalformedExposition);
  });
});

test('a damaged write-ahead log gives back nothing but what was written', () => {
  const frames: Frame[] = Array.from({ length: 5 }, (_, i) => ({
    kind: 1,
    receivedNs: BigInt(i),
    payload: Buffer.from(`record ${i}`.repeat(i + 1)),
  }));
  const segment = Buffer.concat([segmentMagic, ...frames.flatMap((frame) => [encodeHeader(frame), frame.payload])]);
  forRounds((random) => {
    const damaged = mutate(segment, random);
    const found = scanFrames(damaged).starts.map((start) => String(readFrame(damaged, start).payload));
    const written = frames.map(({ payload }) => String(payload));
    // A piece that came twice may repeat whole records.
    for (const payload of found) expect(written).toContain(payload);
  });
});

test('a secret does not survive, whatever stands around it', () => {
  const secret = 'h2unt3rXyZ91';
  const forms = [
    `password=${secret}`,
    `"apiKey": "${secret}"`,
    `Authorization: Bearer ${secret}`,
    `postgres://ann:${secret}@db/shop`,
    `Bearer ${secret}`,
    `access_token=${secret}`,
  ];
  const around = ['GET', '{', '}', '(', 'x=1', '://', '@', '[masked]', '\\', ',', 'Tom', '5 ms'];
  const words = (random: Random) => Array.from({ length: random.below(8) }, () => random.pick(around));
  forRounds((random) => {
    const text = [...words(random), random.pick(forms), ...words(random)].join(' ');
    expect(maskText(text)).not.toContain(secret);
  });
});

test('the harness notices a decoder that fails with any other error', () => {
  const broken = (bytes: Buffer) => {
    if (bytes.includes(0xff)) throw new RangeError('canary');
  };
  expect(() =>
    forRounds((random) => decodeOrRefuse(() => broken(mutate(Buffer.from('abc'), random)), MalformedOtlp)),
  ).toThrow(/seed \d+, round \d+: RangeError: canary/);
});
