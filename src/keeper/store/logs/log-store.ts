// All streams of a stack: appends entries, selects streams for queries, prunes the oldest blocks.
import type { LogSource } from '../../../logql/source.ts';
import { type CompiledMatcher, keyOfLabels, type Labels, labelValue } from '../../../logql/values.ts';
import { MetadataCodec } from './metadata-codec.ts';
import { StoredStream } from './stream.ts';

/** An entry on its way into the store. */
export interface NewEntry {
  readonly timeNs: bigint;
  readonly line: string;
  readonly metadata: Labels;
}

export class LogStore implements LogSource {
  readonly #nowMs: () => number;
  readonly #streams = new Map<string, StoredStream>();
  /** How structured metadata is written; one for all streams. */
  readonly codec = new MetadataCodec();

  #prunedBeforeMs: number | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Appends entries to the stream of these labels. An entry that is there already is taken without a second copy. */
  append(labels: Labels, entries: readonly NewEntry[]): void {
    if (entries.length === 0) return;
    const stream = this.openStream(labels);
    for (const { timeNs, line, metadata } of entries) stream.append(timeNs, line, metadata);
  }

  /** The stream of these labels, ready to take entries; made if there is none. */
  openStream(labels: Labels): StoredStream {
    const key = keyOfLabels(labels);
    let stream = this.#streams.get(key);
    if (!stream) {
      stream = new StoredStream(labels, this.codec);
      this.#streams.set(key, stream);
    }
    stream.lastArrivalMs = this.#nowMs();
    return stream;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  hasStream(labels: Labels): boolean {
    return this.#streams.has(keyOfLabels(labels));
  }

  /** Drops all streams of a service. */
  forgetService(service: string): void {
    for (const [key, { labels }] of this.#streams)
      if (labelValue(labels, 'service_name') === service) this.#streams.delete(key);
  }

  *streams(matchers: readonly CompiledMatcher[]): Iterable<StoredStream> {
    for (const stream of this.#streams.values()) {
      if (matchers.every(({ name, matches }) => matches(labelValue(stream.labels, name)))) yield stream;
    }
  }

  get prunedBeforeMs(): number | undefined {
    return this.#prunedBeforeMs;
  }

  usage(): { records: number; bytes: number } {
    let records = 0;
    let bytes = 0;
    for (const stream of this.#streams.values()) {
      for (const block of stream.all) {
        records += block.rowCount;
        bytes += block.sizeBytes;
      }
    }
    return { records, bytes };
  }

  /** Drops blocks whose newest entry is older than `beforeNs`, then the oldest ones beyond `maxBytes`. */
  prune({ beforeNs, maxBytes }: { readonly beforeNs: bigint; readonly maxBytes: number }): number {
    const held = [...this.#streams.values()].flatMap((stream) => stream.all.map((block) => ({ stream, block })));
    held.sort((a, b) => (a.block.newestNs < b.block.newestNs ? -1 : a.block.newestNs > b.block.newestNs ? 1 : 0));
    let { bytes } = this.usage();
    let dropped = 0;
    for (const { stream, block } of held) {
      if (block.newestNs >= beforeNs && bytes <= maxBytes) break;
      bytes -= block.sizeBytes;
      dropped += stream.drop(block);
      this.#prunedBeforeMs = Math.max(this.#prunedBeforeMs ?? 0, Number(block.newestNs / 1_000_000n) + 1);
    }
    for (const [key, stream] of this.#streams) if (stream.empty) this.#streams.delete(key);
    return dropped;
  }
}
