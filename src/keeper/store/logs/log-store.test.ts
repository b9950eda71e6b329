// The store of logs: what is kept, in which order it is found, what is dropped.
import { describe, expect, it } from 'vitest';
import { rowAt, selectRows } from '../../../logql/row-reader.ts';
import { type Labels, makeLabels } from '../../../logql/values.ts';
import { LogStore } from './log-store.ts';

const app = makeLabels([['app', 'a']]);
const everything = { startNs: -(1n << 62n), endNs: 1n << 62n };

function entry(timeNs: bigint, line: string, metadata: Labels = []) {
  return { timeNs, line, metadata };
}

/** All lines of the store with their times, block by block in time order. */
function readAll(store: LogStore, range = everything): string[] {
  const found: string[] = [];
  for (const stream of store.streams([])) {
    for (const block of stream.blocks(range)) {
      const { from, to } = selectRows(block, range);
      for (let place = from; place < to; place++) {
        const row = rowAt(block, place);
        const line = block.bytes.toString('utf8', block.lineStarts[row], block.lineStarts[row + 1]);
        found.push(`${block.baseNs + BigInt(block.offsetsNs[row] ?? 0)} ${line}`);
      }
    }
  }
  return found;
}

describe('the store of logs', () => {
  it('keeps times to the nanosecond and finds entries in time order, however they came', () => {
    const store = new LogStore(() => 0);
    store.append(app, [entry(1_700_000_000_000_000_003n, 'c'), entry(1_700_000_000_000_000_001n, 'a')]);
    store.append(app, [entry(1_700_000_000_000_000_002n, 'b')]);
    expect(readAll(store)).toEqual(['1700000000000000001 a', '1700000000000000002 b', '1700000000000000003 c']);
    const range = { startNs: 1_700_000_000_000_000_002n, endNs: 1_700_000_000_000_000_003n };
    expect(readAll(store, range)).toEqual(['1700000000000000002 b']);
  });

  it('takes the very same entry once, but not one with another line or other metadata', () => {
    const store = new LogStore(() => 0);
    const id = makeLabels([['id', '1']]);
    store.append(app, [entry(5n, 'x', id), entry(9n, 'y'), entry(5n, 'x', id), entry(5n, 'x'), entry(5n, 'z', id)]);
    expect(store.usage().records).toBe(4);
  });

  it('keeps entries apart that lie centuries from each other', () => {
    const store = new LogStore(() => 0);
    store.append(app, [entry(0n, 'old'), entry(1_700_000_000_000_000_001n, 'new')]);
    expect(readAll(store)).toEqual(['0 old', '1700000000000000001 new']);
  });

  it('reads metadata back, whether its values are common, rare or odd', () => {
    const store = new LogStore(() => 0);
    const sets = Array.from({ length: 2_000 }, (_, i) =>
      makeLabels([
        ['level', i % 2 ? 'info' : 'warn'],
        ['trace_id', `${i}`.padStart(32, '0')],
        ['größe', ''],
        ['é', '☕'.repeat(i % 7)],
      ]),
    );
    store.append(
      app,
      sets.map((metadata, i) => entry(BigInt(i), 'x', metadata)),
    );
    const [stream] = [...store.streams([])];
    const [block] = stream?.blocks(everything) ?? [];
    for (const i of [0, 1, 511, 512, 1_999]) {
      expect(block?.metadata(i)).toEqual(sets[i]);
      expect(block?.metadataValue(i, 'trace_id')).toBe(`${i}`.padStart(32, '0'));
      expect(block?.metadataValue(i, 'level')).toBe(i % 2 ? 'info' : 'warn');
    }
    expect(block?.metadataValue(0, 'nosuch')).toBeUndefined();
    expect(block?.mayHaveMetadata('level')).toBe(true);
    expect(block?.mayHaveMetadata('nosuch')).toBe(false);
  });

  it('cuts a long stream into blocks and finds all of it', () => {
    const store = new LogStore(() => 0);
    for (let i = 0; i < 70; i++) {
      store.append(
        app,
        Array.from({ length: 1_000 }, (_, k) => entry(BigInt(i * 1_000 + k), `line ${k}`)),
      );
    }
    expect(store.usage().records).toBe(70_000);
    const [stream] = [...store.streams([])];
    expect(stream?.blocks(everything).map((block) => block.rowCount)).toEqual([65_536, 4_464]);
    expect(stream?.blocks({ startNs: 69_000n, endNs: 69_001n })).toHaveLength(1);
  });

  it('drops blocks that are too old, then the oldest until the rest fits, and streams without blocks', () => {
    const store = new LogStore(() => 0);
    store.append(makeLabels([['app', 'old']]), [entry(1n, 'x')]);
    store.append(makeLabels([['app', 'mid']]), [entry(100n, 'y'.repeat(1_000))]);
    store.append(makeLabels([['app', 'new']]), [entry(200n, 'z'.repeat(1_000))]);
    expect(store.prune({ beforeNs: 50n, maxBytes: 1e9 })).toBe(1);
    expect([...store.streams([])]).toHaveLength(2);
    expect(store.prune({ beforeNs: 0n, maxBytes: 5_200 })).toBe(1);
    expect([...store.streams([])].map(({ labels }) => labels[0]?.[1])).toEqual(['new']);
    expect(store.prune({ beforeNs: 0n, maxBytes: 5_200 })).toBe(0);
  });

  it('selects streams by their labels, an absent one counting as empty', () => {
    const store = new LogStore(() => 0);
    store.append(
      makeLabels([
        ['app', 'a'],
        ['env', 'x'],
      ]),
      [entry(1n, 'x')],
    );
    store.append(app, [entry(1n, 'x')]);
    const env = (matches: (value: string) => boolean) => [...store.streams([{ name: 'env', matches }])].length;
    expect(env((value) => value === '')).toBe(1);
    expect(env((value) => value === 'x')).toBe(1);
    expect(env(() => true)).toBe(2);
  });
});
