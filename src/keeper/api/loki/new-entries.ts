// Entries of a query in the order in which they come in, whatever their times: each block is read on from the row at which
// it was left.
import type { LogExpr } from '../../../logql/ast.ts';
import { type Breather, breathe } from '../../../logql/breathe.ts';
import { RowReader } from '../../../logql/row-reader.ts';
import { ParserHints } from '../../../logql/stages/parser-hints.ts';
import { type CompiledMatcher, compileMatcher, type LogEntry, type QueryStats } from '../../../logql/values.ts';
import type { Block } from '../../store/logs/block.ts';
import type { LogStore } from '../../store/logs/log-store.ts';

const maxTogether = 500;

export class NewEntries {
  readonly #store: LogStore;
  readonly #matchers: readonly CompiledMatcher[];
  readonly #reader: RowReader;
  readonly #breather: Breather;
  readonly #startNs: bigint;
  // Blocks that are dropped take their places with them.
  readonly #places = new WeakMap<Block, number>();

  /** Counts from what the store holds now. Entries older than `startNs` are left out. */
  constructor(
    expr: LogExpr,
    store: LogStore,
    of: { readonly breather: Breather; readonly stats: QueryStats; readonly startNs: bigint },
  ) {
    this.#store = store;
    this.#matchers = expr.matchers.map(compileMatcher);
    this.#reader = new RowReader({ stages: expr.stages, hints: new ParserHints(everything), stats: of.stats });
    this.#breather = of.breather;
    this.#startNs = of.startNs;
    for (const { blocks } of this.#list()) for (const block of blocks) this.#places.set(block, block.rowCount);
  }

  /** What has come in since the last call, some hundreds at a time. */
  async *read(): AsyncGenerator<readonly LogEntry[]> {
    let found: LogEntry[] = [];
    for (const { labels, blocks } of this.#list()) {
      for (const block of blocks) {
        for (let row = this.#places.get(block) ?? 0; row < block.rowCount; row++) {
          this.#places.set(block, row + 1);
          if (this.#reader.read(labels, block, row)) found.push(this.#entry());
          if ((row & 255) === 255) await breathe(this.#breather);
          if (found.length < maxTogether) continue;
          yield this.#sift(found);
          found = [];
        }
      }
    }
    yield this.#sift(found);
  }

  #list() {
    return [...this.#store.streams(this.#matchers)].map(({ labels, all }) => ({ labels, blocks: all }));
  }

  #entry(): LogEntry {
    const { row } = this.#reader;
    return { timestampNs: row.timestampNs(), line: row.text, labels: row.labels.categorized() };
  }

  #sift(entries: readonly LogEntry[]): readonly LogEntry[] {
    return entries
      .filter(({ timestampNs }) => timestampNs >= this.#startNs)
      .sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0));
  }
}

const everything = { required: undefined, noLabels: false, filters: [] };
