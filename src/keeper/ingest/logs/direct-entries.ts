// Log records in columns straight into the blocks of the store: no object, and for nearly all records no string. What a
// record becomes is the same as with otlp-entries.ts, which takes over for records that columns cannot hold.

import { type Labels, makeLabels } from '../../../logql/values.ts';
import type { Bounds } from '../../../model/limits.ts';
import { BytesMap } from '../../../std/bytes-map.ts';
import { type LogsBatch, type LogsSpan, readRecord } from '../../../wire/otlp/logs-batch.ts';
import type { Resource, Scope } from '../../../wire/otlp/types.ts';
import type { Block } from '../../store/logs/block.ts';
import type { LogStore } from '../../store/logs/log-store.ts';
import type { StoredStream } from '../../store/logs/stream.ts';
import { findLabelProblem } from './admission.ts';
import { areWithin } from './batch-bounds.ts';
import { levelOfLine, levelOfNumber, levelOfText } from './detect-level.ts';
import { type EncodedLabels, encodeLabels, writeEncoded } from './encoded-labels.ts';
import { type LevelSource, levelLabel, type MetadataPlan } from './metadata-plan.ts';
import { makeEntry, metadataOfScope, splitResource } from './otlp-entries.ts';
import { RecordPairs } from './record-pairs.ts';
import { RecordShapes } from './record-shapes.ts';

const maxLevels = 1024;
const wordBits = 32n;
const nanosPerMs = 1_000_000n;

/** What is known of a resource and a scope from earlier exports. */
interface Source {
  readonly labels: Labels;
  /** Are the labels within the limits? */
  readonly isFine: boolean;
  readonly shared: Labels;
  readonly shapes: RecordShapes;
}

interface Destination {
  readonly source: Source;
  readonly stream: StoredStream;
  readonly receivedNs: bigint;
}

/** Nanoseconds since 1970 in two words. */
interface TimeWords {
  readonly high: number;
  readonly low: number;
}

export class DirectEntries {
  readonly #store: LogStore;
  readonly #bounds: Bounds;
  readonly #pairs: RecordPairs;
  readonly #sources = new WeakMap<Resource, WeakMap<Scope, Source>>();
  // The label of the level by its text, and by the bytes or the number that mean it.
  readonly #levels = new Map<string, EncodedLabels>();
  readonly #levelOfValue = new BytesMap<EncodedLabels>();
  readonly #levelOfNumber = new Map<number, EncodedLabels>();

  constructor(store: LogStore, bounds: Bounds) {
    this.#store = store;
    this.#bounds = bounds;
    this.#pairs = new RecordPairs(store.codec);
  }

  /** May all records of an export be stored, as far as the limits go? */
  admits(batch: LogsBatch, receivedNs: bigint): boolean {
    // Times are compared by their upper words: those of the last seconds before the limit go the long way.
    const latestHigh = Number((receivedNs + BigInt(this.#bounds.aheadOfClock) * nanosPerMs) >> wordBits);
    const { streamCount } = this.#store;
    let newStreams = 0;
    for (const span of batch.spans) {
      if (span.from === span.to) continue;
      const { labels, shared, isFine } = this.#sourceOf(span);
      if (!isFine || !areWithin(batch, span, { shared, latestHigh, bounds: this.#bounds })) return false;
      if (streamCount + batch.spans.length > this.#bounds.streams && !this.#store.hasStream(labels)) newStreams++;
    }
    return streamCount + newStreams <= this.#bounds.streams || newStreams === 0;
  }

  /** Stores all records of an export. */
  store(batch: LogsBatch, receivedNs: bigint): void {
    for (const span of batch.spans) {
      if (span.from === span.to) continue;
      const source = this.#sourceOf(span);
      const to = { source, stream: this.#store.openStream(source.labels), receivedNs };
      for (let row = span.from; row < span.to; row++) this.#storeRow(batch, row, to);
    }
  }

  #sourceOf({ resource, scope }: LogsSpan): Source {
    const byScope = this.#sources.get(resource) ?? new WeakMap<Scope, Source>();
    this.#sources.set(resource, byScope);
    const known = byScope.get(scope);
    if (known !== undefined) return known;
    const { labels, metadata } = splitResource(resource);
    const shared = makeLabels([...metadata, ...metadataOfScope(scope)]);
    const isFine = findLabelProblem(labels, this.#bounds) === undefined;
    const made = {
      labels,
      isFine,
      shared,
      shapes: new RecordShapes({ stream: labels, shared, codec: this.#store.codec }),
    };
    byScope.set(scope, made);
    return made;
  }

  #storeRow(batch: LogsBatch, row: number, { source, stream, receivedNs }: Destination): void {
    const { records, bytes } = batch;
    const shape = records.unusual[row] === 0 ? this.#pairs.collect(batch, row, source.shapes) : undefined;
    if (shape === undefined) {
      const entry = makeEntry(readRecord(batch, row), { ...source, receivedNs });
      stream.append(entry.timeNs, entry.line, entry.metadata);
      return;
    }
    const time = timeOf(batch, row, receivedNs);
    const block = stream.blockFor(time.high, time.low);
    const start = records.bodyStart[row]!; // row is one of the batch
    const end = records.bodyEnd[row]!; // as above
    const plan = source.shapes.planOf(shape);
    this.#writeMetadata(plan, block, this.#levelOf(plan.level, bytes, start, end));
    block.appendBytes(time, bytes, start, end);
  }

  #writeMetadata({ steps }: MetadataPlan, block: Block, level: EncodedLabels): void {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!; // i is below its length
      if (step.kind === 'pair') this.#pairs.write(step, block);
      else writeEncoded(step.kind === 'level' ? level : step.shared, block);
    }
  }

  #levelOf(source: LevelSource, bytes: Buffer, start: number, end: number): EncodedLabels {
    switch (source.kind) {
      case 'given':
        return nothing;
      case 'known':
        return this.#levelLabel(source.level);
      case 'line':
        return this.#levelLabel(levelOfLine(bytes.subarray(start, end)));
      case 'text':
        return this.#levelOfText(this.#pairs.text(source.pair), 0, levelOfText);
      case 'number': {
        const number = this.#pairs.number(source.pair);
        if (number !== undefined) return this.#levelOfSeverity(number);
        const text = this.#pairs.text(source.pair);
        if (text.length === 0) return this.#levelLabel(levelOfLine(bytes.subarray(start, end)));
        return this.#levelOfText(text, 1, (digits) => levelOfNumber(Number(digits)));
      }
    }
  }

  // A few values are repeated by all records.
  #levelOfText(value: Buffer, seed: number, read: (text: string) => string): EncodedLabels {
    const known = this.#levelOfValue.get(seed, value, 0, value.length);
    if (known !== undefined) return known;
    const level = this.#levelLabel(read(value.toString('utf8')));
    if (this.#levelOfValue.size >= maxLevels) this.#levelOfValue.clear();
    this.#levelOfValue.set(seed, { bytes: value, start: 0, end: value.length }, level);
    return level;
  }

  #levelOfSeverity(number: number): EncodedLabels {
    const known = this.#levelOfNumber.get(number);
    if (known !== undefined) return known;
    const level = this.#levelLabel(levelOfNumber(number));
    if (this.#levelOfNumber.size < maxLevels) this.#levelOfNumber.set(number, level);
    return level;
  }

  #levelLabel(level: string): EncodedLabels {
    const known = this.#levels.get(level);
    if (known !== undefined) return known;
    const made = encodeLabels([[levelLabel, level]], this.#store.codec);
    if (this.#levels.size < maxLevels) this.#levels.set(level, made);
    return made;
  }
}

const nothing: EncodedLabels = { bytes: Buffer.alloc(0), labels: [] };

function timeOf({ records }: LogsBatch, row: number, receivedNs: bigint): TimeWords {
  const high = records.timeHigh[row]!; // row is one of the batch
  const low = records.timeLow[row]!; // as above
  if (high !== 0 || low !== 0) return { high, low };
  const observed = { high: records.observedHigh[row]!, low: records.observedLow[row]! }; // as above
  if (observed.high !== 0 || observed.low !== 0) return observed;
  return { high: Number(receivedNs >> wordBits), low: Number(BigInt.asUintN(32, receivedNs)) };
}
