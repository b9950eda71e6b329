// How telemetry gets through to a server that is away, busy, or refuses some of it: delivery, order, losses, limits.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fillBounds } from '../../model/limits.ts';
import type { Destination } from './destination.ts';
import { Lane } from './lane.ts';
import { noSpans, type Parcel, parcelKind } from './parcel.ts';
import { openQueueLog, ParcelQueue } from './queue.ts';
import type { Answer } from './verdict.ts';

const answer = (status: number, body = '', headers: Answer['headers'] = {}): Answer => ({
  status,
  headers,
  body: Buffer.from(body),
});

const parcel = (text: string, kind: number = parcelKind.otlpExport): Parcel => ({
  kind,
  payload: Buffer.from(text),
  records: 1,
  receivedNs: 0n,
  newestSpans: noSpans,
});

interface Sent {
  readonly kind: number;
  readonly text: string;
}

const bounds = fillBounds({ forwardQueue: 1024 * 1024 });

/** A lane whose server answers as `reply` says; `sent` is what it was sent. */
function makeLane(reply: (sent: Sent, nth: number) => Answer | Error) {
  const folder = mkdtempSync(join(tmpdir(), 'obs-lane-'));
  const sent: Sent[] = [];
  const notes: string[] = [];
  let nowMs = 0;
  const destination: Destination = {
    signal: 'logs',
    name: 'Loki',
    send: async (kind, payload) => {
      const one = { kind, text: payload.toString() };
      const said = reply(one, sent.push(one));
      if (said instanceof Error) throw said;
      return said;
    },
  };
  const open = () =>
    new Lane({
      destination,
      queue: new ParcelQueue(openQueueLog(folder, 'logs'), { maxBytes: bounds.forwardQueue }),
      bounds,
      nowMs: () => nowMs,
      onTaken: () => undefined,
      onNote: (note) => notes.push(note),
    });
  const lane = open();
  onTestFinished(async () => {
    await lane.close(0);
    rmSync(folder, { recursive: true, force: true });
  });
  return { lane, open, sent, notes, pass: (ms: number) => (nowMs += ms) };
}

const long = 10_000;

test('what comes together travels together, and parcels of another kind by themselves, in order', async () => {
  const { lane, sent } = makeLane(() => answer(204));
  for (const one of [parcel('a'), parcel('b'), parcel('c', parcelKind.lokiPush), parcel('d')]) lane.offer(one);
  expect(await lane.drain(long)).toBe(true);
  expect(sent).toEqual([
    { kind: parcelKind.otlpExport, text: 'ab' },
    { kind: parcelKind.lokiPush, text: 'c' },
    { kind: parcelKind.otlpExport, text: 'd' },
  ]);
  expect(lane.warnings()).toEqual([]);
});

test.each([
  ['a refused connection', new Error('connect ECONNREFUSED')],
  ['502', answer(502)],
  ['503 with retry-after', answer(503, '', { 'retry-after': '0' })],
  ['429', answer(429)],
  ['500, as Loki says while it begins', answer(500, 'at least 1 live replicas required')],
])('%s is tried again until it is taken', async (_name, first) => {
  const { lane, sent } = makeLane((_sent, nth) => (nth < 3 ? first : answer(200)));
  lane.offer(parcel('a'));
  expect(await lane.drain(long)).toBe(true);
  expect(sent.map(({ text }) => text)).toEqual(['a', 'a', 'a']);
  expect(lane.warnings()).toEqual([]);
});

test('of what is refused for good only the guilty part is dropped, counted and told', async () => {
  const { lane, notes } = makeLane(({ text }) =>
    text.includes('x') ? answer(400, 'entry has\na bad x') : answer(204),
  );
  for (const text of ['a', 'x', 'b']) lane.offer(parcel(text));
  expect(await lane.drain(long)).toBe(true);
  expect(lane.warnings()).toEqual(['1 log record dropped: Loki refused: 400 entry has a bad x']);
  expect(notes).toEqual(['Loki refused 1 log record: 400 entry has a bad x']);
});

test('a 500 that does not end is a refusal', async () => {
  const { lane, sent } = makeLane(() => answer(500, 'no'));
  lane.offer(parcel('a'));
  expect(await lane.drain(long)).toBe(true);
  expect(sent).toHaveLength(5);
  expect(lane.warnings()).toEqual(['1 log record dropped: Loki refused: 500 no']);
});

test('records that the server left out of a success are counted', async () => {
  // ExportLogsServiceResponse { partial_success { rejected_log_records: 2, error_message: "old" } }
  const body = Buffer.from('0a07080212036f6c64', 'hex');
  const taken = { status: 200, headers: { 'content-type': 'application/x-protobuf' }, body };
  const { lane } = makeLane(() => taken);
  lane.offer(parcel('a'));
  expect(await lane.drain(long)).toBe(true);
  expect(lane.warnings()).toEqual(['2 log records dropped: Loki refused: old']);
});

test('a loss is forgotten some minutes later', async () => {
  const { lane, pass } = makeLane(() => answer(400, 'bad'));
  lane.offer(parcel('a'));
  await lane.drain(long);
  expect(lane.warnings()).toHaveLength(1);
  pass(11 * 60_000);
  expect(lane.warnings()).toEqual([]);
});

test('a server that stays away is a trouble; beyond the limit nothing more is taken, and it is named', async () => {
  const { lane, pass } = makeLane(() => new Error('connect ECONNREFUSED 127.0.0.1:1'));
  const half = 'a'.repeat(bounds.forwardQueue / 2);
  expect(lane.offer(parcel(half))).toBeUndefined();
  expect(lane.offer(parcel(half))).toBeUndefined();
  expect(lane.offer(parcel('b'))).toContain(
    'too much waits for Loki (limit: forward queue, 1 MiB; limits.forwardQueue in obs.yaml)',
  );
  expect(await lane.drain(100)).toBe(false);
  pass(5_000);
  expect(lane.warnings()).toEqual([
    'Loki has taken nothing for 5 s, 2 log records waiting: connect ECONNREFUSED 127.0.0.1:1',
    expect.stringMatching(/^1 log record not taken: too much waits for Loki/),
  ]);
});

test('what was not delivered is there for the next keeper, and only that', async () => {
  let away = false;
  const { lane, open, sent } = makeLane(() => (away ? new Error('away') : answer(204)));
  lane.offer(parcel('before'));
  expect(await lane.drain(long)).toBe(true);
  away = true;
  lane.offer(parcel('after'));
  await lane.drain(50);
  await lane.close(0);
  away = false;
  sent.length = 0;
  const next = open();
  expect(next.restore((frame) => ({ ...frame, records: 1, newestSpans: noSpans }))).toBe(1);
  expect(await next.drain(long)).toBe(true);
  await next.close(0);
  expect(sent.map(({ text }) => text)).toEqual(['after']);
});
