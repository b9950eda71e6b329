// Loki's push requests: JSON, and protobuf in snappy. https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
import { PbfReader, PbfWriter } from 'pbf';
import { quoteGoString } from '../../std/go-string.ts';

export interface PushEntry {
  readonly timeNs: bigint;
  readonly line: string;
  readonly metadata: readonly (readonly [name: string, value: string])[];
}

/** Labels as JSON gives them, or as the text of a selector from protobuf. */
export interface PushStream {
  readonly labels: Readonly<Record<string, string>> | string;
  readonly entries: readonly PushEntry[];
}

/** A push request that cannot be read. */
export class MalformedPush extends Error {}

/** Digits of an int64 with its sign. */
const longestTime = 20;

/** Decodes `{"streams":[{"stream":{…},"values":[["ns","line",{…}]]}]}`. @throws MalformedPush */
export function decodePushJson(body: Buffer): PushStream[] {
  const json = parseJson(body);
  const streams = isRecord(json) && Array.isArray(json.streams) ? json.streams : [];
  return streams.map((stream: unknown) => {
    if (!isRecord(stream)) throw new MalformedPush('a stream is no object');
    const values = Array.isArray(stream.values) ? stream.values : [];
    // A selector as text is no form of Loki's; the keeper writes it for labels that came as protobuf.
    const labels = typeof stream.stream === 'string' ? stream.stream : readLabels(stream.stream);
    return { labels, entries: values.map(readEntry) };
  });
}

/** Decodes a PushRequest (logproto) that is not compressed any more. @throws MalformedPush */
export function decodePushProtobuf(body: Buffer): PushStream[] {
  try {
    return decodePushMessage(body);
  } catch (error) {
    throw new MalformedPush(`no push request: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Decodes a PushRequest that is not compressed. @throws Error when it is none. */
export function decodePushMessage(body: Uint8Array): PushStream[] {
  const streams: PushStream[] = [];
  const reader = new PbfReader(body);
  reader.readFields((tag) => {
    if (tag === 1) streams.push(readStream(reader));
  }, undefined);
  if (reader.pos !== body.length) throw new Error('the message is cut off');
  return streams;
}

/** Encodes streams as a PushRequest, not compressed. */
export function encodePushMessage(streams: readonly PushStream[]): Buffer {
  const writer = new PbfWriter();
  for (const stream of streams) writer.writeMessage(1, writeStream, stream);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function writeStream({ labels, entries }: PushStream, writer: PbfWriter): void {
  writer.writeStringField(1, typeof labels === 'string' ? labels : printLabels(labels));
  for (const entry of entries) writer.writeMessage(2, writeEntry, entry);
}

function printLabels(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${quoteGoString(value)}`)
    .join(', ')}}`;
}

function writeEntry({ timeNs, line, metadata }: PushEntry, writer: PbfWriter): void {
  writer.writeMessage(1, writeTimestamp, timeNs);
  writer.writeStringField(2, line);
  for (const pair of metadata) writer.writeMessage(3, writePair, pair);
}

const nsPerSecond = 1_000_000_000n;

// Nanoseconds count up from the second, also before 1970.
function writeTimestamp(timeNs: bigint, writer: PbfWriter): void {
  const nanos = ((timeNs % nsPerSecond) + nsPerSecond) % nsPerSecond;
  writer.writeVarintField(1, Number((timeNs - nanos) / nsPerSecond));
  writer.writeVarintField(2, Number(nanos));
}

function writePair([name, value]: PushEntry['metadata'][number], writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeStringField(2, value);
}

function readStream(reader: PbfReader): PushStream {
  let labels = '';
  const entries: PushEntry[] = [];
  reader.readMessage((tag: number) => {
    if (tag === 1) labels = reader.readString();
    else if (tag === 2) entries.push(readProtoEntry(reader));
  }, undefined);
  return { labels, entries };
}

function readProtoEntry(reader: PbfReader): PushEntry {
  let timeNs = 0n;
  let line = '';
  const metadata: [string, string][] = [];
  reader.readMessage((tag: number) => {
    if (tag === 1) timeNs = readTimestamp(reader);
    else if (tag === 2) line = reader.readString();
    else if (tag === 3) metadata.push(readPair(reader));
  }, undefined);
  return { timeNs, line, metadata };
}

function readTimestamp(reader: PbfReader): bigint {
  let seconds = 0;
  let nanos = 0;
  reader.readMessage((tag: number) => {
    if (tag === 1) seconds = reader.readVarint(true);
    else if (tag === 2) nanos = reader.readVarint(true);
  }, undefined);
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

function readPair(reader: PbfReader): [string, string] {
  let name = '';
  let value = '';
  reader.readMessage((tag: number) => {
    if (tag === 1) name = reader.readString();
    else if (tag === 2) value = reader.readString();
  }, undefined);
  return [name, value];
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new MalformedPush(`no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readEntry(value: unknown): PushEntry {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || !/^-?[0-9]+$/.test(value[0])) {
    throw new MalformedPush('a value is no ["nanoseconds", "line"]');
  }
  const timeNs = BigInt(value[0].slice(0, longestTime));
  if (value[0].length > longestTime || BigInt.asIntN(64, timeNs) !== timeNs)
    throw new MalformedPush(`strconv.ParseInt: parsing "${value[0].slice(0, 40)}": value out of range`);
  if (typeof value[1] !== 'string') throw new MalformedPush('a line is no text');
  const metadata = value[2] === undefined ? {} : readTexts(value[2], 'structured metadata');
  return { timeNs, line: value[1], metadata: Object.entries(metadata) };
}

// Numbers, too: Loki takes what stands there.
function readLabels(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new MalformedPush('stream is no object');
  const asText = Object.entries(value).map(([name, one]) => [name, typeof one === 'number' ? String(one) : one]);
  return readTexts(Object.fromEntries(asText), 'stream');
}

function readTexts(value: unknown, what: string): Record<string, string> {
  if (!isRecord(value)) throw new MalformedPush(`${what} is no object`);
  for (const text of Object.values(value))
    if (typeof text !== 'string') throw new MalformedPush(`${what} has a value that is no text`);
  return value as Record<string, string>; // every value was checked just above
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Encodes streams as a JSON push request, with the text of a selector for labels that came as one. */
export function encodePushJson(streams: readonly PushStream[]): Buffer {
  const json = streams.map(({ labels, entries }) => ({
    stream: labels,
    values: entries.map(({ timeNs, line, metadata }) => [String(timeNs), line, Object.fromEntries(metadata)]),
  }));
  return Buffer.from(JSON.stringify({ streams: json }));
}
