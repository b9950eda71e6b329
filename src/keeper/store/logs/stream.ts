// One stream: a label set and its blocks, the last of which takes new entries.
import type { LogStream, TimeRange } from '../../../logql/source.ts';
import type { Labels } from '../../../logql/values.ts';
import { Block } from './block.ts';
import type { MetadataCodec } from './metadata-codec.ts';

export class StoredStream implements LogStream {
  readonly labels: Labels;
  /** When an entry last came; milliseconds of the keeper's clock. */
  lastArrivalMs = 0;
  readonly #codec: MetadataCodec;
  #blocks: Block[] = [];

  constructor(labels: Labels, codec: MetadataCodec) {
    this.labels = labels;
    this.#codec = codec;
  }

  get empty(): boolean {
    return this.#blocks.length === 0;
  }

  get all(): readonly Block[] {
    return this.#blocks;
  }

  /** False: the very same entry is there already. */
  append(timeNs: bigint, line: string, metadata: Labels): boolean {
    return this.blockFor(Number(timeNs >> 32n), Number(timeNs & 0xffff_ffffn)).append(timeNs, line, metadata);
  }

  /** The block that an entry of this time (nanoseconds in two words) goes to. */
  blockFor(high: number, low: number): Block {
    const last = this.#blocks.at(-1);
    if (last?.accepts(high, low)) return last;
    last?.seal();
    const block = new Block((BigInt(high) << 32n) | BigInt(low), this.#codec, last);
    this.#blocks.push(block);
    return block;
  }

  blocks({ startNs, endNs }: TimeRange): readonly Block[] {
    return this.#blocks.filter((block) => block.newestNs >= startNs && block.oldestNs < endNs);
  }

  /** Forgets a block and says how many entries went with it. */
  drop(block: Block): number {
    this.#blocks = this.#blocks.filter((other) => other !== block);
    return block.rowCount;
  }
}
