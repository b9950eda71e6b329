// Trees, self times, critical path and guilt, on traces drawn by hand (times in milliseconds).
import { describe, expect, it } from 'vitest';
import type { TraceSpan } from '../../wire/tempo/decode-trace.ts';
import { findCriticalPath } from './critical-path.ts';
import { findGuilty } from './guilty.ts';
import { buildTree, listSubtree, nsToMs } from './tree.ts';

/** `[id, parent, start, end]` */
type Row = readonly [id: string, parent: string, startMs: number, endMs: number];

function makeSpan([spanId, parentSpanId, startMs, endMs]: Row): TraceSpan {
  return {
    traceId: 't',
    spanId,
    parentSpanId,
    name: spanId,
    kind: 'internal',
    service: 'web',
    scope: '',
    startNs: BigInt(startMs * 1e6),
    durationNs: BigInt((endMs - startMs) * 1e6),
    status: 'unset',
    statusMessage: '',
    attributes: {},
    resource: {},
    events: [],
  };
}

function treeOf(...rows: readonly Row[]) {
  return buildTree(rows.map(makeSpan));
}

function selfTimes(...rows: readonly Row[]): Record<string, number> {
  return Object.fromEntries(treeOf(...rows).nodes.map((node) => [node.span.spanId, nsToMs(node.selfNs)]));
}

describe('a trace as a tree', () => {
  it('lists spans depth first, siblings by start', () => {
    const tree = treeOf(['b', 'root', 50, 60], ['a', 'root', 10, 20], ['root', '', 0, 100], ['a1', 'a', 12, 13]);
    expect(tree.nodes.map((node) => [node.span.spanId, node.depth])).toEqual([
      ['root', 0],
      ['a', 1],
      ['a1', 2],
      ['b', 1],
    ]);
    expect([tree.startNs, tree.endNs]).toEqual([0n, 100_000_000n]);
  });

  it.each([
    {
      name: 'gaps between children',
      rows: [
        ['r', '', 0, 100],
        ['a', 'r', 10, 30],
        ['b', 'r', 50, 90],
      ],
      self: { r: 40, a: 20, b: 40 },
    },
    {
      name: 'children that overlap count once',
      rows: [
        ['r', '', 0, 100],
        ['a', 'r', 10, 60],
        ['b', 'r', 40, 90],
      ],
      self: { r: 20, a: 50, b: 50 },
    },
    {
      name: 'a child inside another sibling',
      rows: [
        ['r', '', 0, 100],
        ['a', 'r', 10, 90],
        ['b', 'r', 20, 30],
      ],
      self: { r: 20, a: 80, b: 10 },
    },
    {
      name: 'a child that outlives its parent',
      rows: [
        ['r', '', 0, 100],
        ['a', 'r', 80, 150],
      ],
      self: { r: 80, a: 70 },
    },
    {
      name: 'a child that begins before its parent',
      rows: [
        ['r', '', 50, 100],
        ['a', 'r', 0, 60],
      ],
      self: { r: 40, a: 60 },
    },
  ] as { name: string; rows: Row[]; self: Record<string, number> }[])(
    'gives self time despite $name',
    ({ rows, self }) => {
      expect(selfTimes(...rows)).toEqual(self);
    },
  );

  it('keeps spans whose parent is missing, as roots that are marked', () => {
    const tree = treeOf(['a', 'gone', 10, 20], ['root', '', 0, 100]);
    expect(tree.roots.map((node) => [node.span.spanId, node.orphan])).toEqual([
      ['root', false],
      ['a', true],
    ]);
  });

  it('cuts a circle of parents open at its earliest span, and loses none', () => {
    const tree = treeOf(['a', 'c', 0, 10], ['b', 'a', 1, 9], ['c', 'b', 2, 8], ['self', 'self', 3, 4]);
    expect(tree.nodes.map((node) => node.span.spanId)).toEqual(['a', 'b', 'c', 'self']);
    expect(tree.roots.map((node) => node.span.spanId)).toEqual(['a', 'self']);
  });

  it('holds a chain of 20,000 spans', () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, at): Row => [`s${at}`, at === 0 ? '' : `s${at - 1}`, at, 40_000 - at],
    );
    const tree = treeOf(...rows);
    expect(tree.nodes).toHaveLength(20_000);
    expect(tree.nodes.at(-1)?.depth).toBe(19_999);
    expect(findCriticalPath(tree.roots[0]!)).toHaveLength(20_000); // a trace that is not empty has a root
  });
});

function pathOf(...rows: readonly Row[]): Record<string, number> {
  const steps = treeOf(...rows).roots.flatMap(findCriticalPath);
  return Object.fromEntries(steps.map(({ node, ownNs }) => [node.span.spanId, nsToMs(ownNs)]));
}

describe('the critical path', () => {
  it('follows the child that finished last, and skips what ran beside it', () => {
    expect(pathOf(['r', '', 0, 100], ['slow', 'r', 10, 90], ['beside', 'r', 10, 50])).toEqual({ r: 20, slow: 80 });
  });

  it('goes through children that ran one after the other', () => {
    expect(pathOf(['r', '', 0, 100], ['a', 'r', 0, 40], ['b', 'r', 40, 100])).toEqual({ a: 40, b: 60 });
  });

  it('takes of an overlapping earlier child only what the later one did not cover', () => {
    expect(pathOf(['r', '', 0, 100], ['a', 'r', 0, 70], ['b', 'r', 50, 100])).toEqual({ a: 50, b: 50 });
  });

  it('adds up to the duration of the root', () => {
    const path = pathOf(
      ['r', '', 0, 100],
      ['a', 'r', 5, 60],
      ['a1', 'a', 10, 55],
      ['b', 'r', 62, 98],
      ['late', 'r', 90, 130],
    );
    expect(Object.values(path).reduce((sum, ms) => sum + ms, 0)).toBe(100);
  });
});

describe('the guilty span', () => {
  const guiltyOf = (...rows: readonly Row[]) => findGuilty(treeOf(...rows).roots[0]!).span.spanId; // rows are never empty

  it('is the descendant that took most of the time', () => {
    expect(guiltyOf(['r', '', 0, 100], ['a', 'r', 5, 95], ['db', 'a', 10, 90])).toBe('db');
  });

  it('is the span itself when no descendant explains it', () => {
    expect(guiltyOf(['r', '', 0, 100], ['a', 'r', 0, 30], ['b', 'r', 30, 60], ['c', 'r', 60, 90])).toBe('r');
  });

  it('is looked for below the span only', () => {
    const tree = treeOf(['r', '', 0, 100], ['a', 'r', 0, 10], ['b', 'r', 10, 100]);
    expect(listSubtree(tree.nodes[1]!).map((node) => node.span.spanId)).toEqual(['a']); // the tree has three nodes
  });
});
