// The spans of a trace as a tree with self times. Telemetry is hostile: parents may be missing, or in a circle, and
// trees may be deep, so nothing here recurses and every span ends up in the tree exactly once.
import { compareBigInt, maxBigInt, minBigInt } from '../../std/bigint.ts';
import type { TraceSpan } from '../../wire/tempo/decode-trace.ts';

export interface TraceNode {
  readonly span: TraceSpan;
  readonly children: readonly TraceNode[];
  /** Distance from its root. */
  readonly depth: number;
  /** Its parent's id is not among the spans of the trace. */
  readonly orphan: boolean;
  /** The part of its duration that no child covers. */
  readonly selfNs: bigint;
}

export interface TraceTree {
  /** By start. More than one if the trace is not whole. */
  readonly roots: readonly TraceNode[];
  /** Depth first, children by start. */
  readonly nodes: readonly TraceNode[];
  readonly startNs: bigint;
  readonly endNs: bigint;
}

interface GrowingNode {
  readonly span: TraceSpan;
  readonly children: GrowingNode[];
  readonly orphan: boolean;
  depth: number;
  selfNs: bigint;
}

/** Builds the tree. @param spans of one trace, in any order, not empty */
export function buildTree(spans: readonly TraceSpan[]): TraceTree {
  const ids = new Set(spans.map((span) => span.spanId));
  const byId = new Map<string, GrowingNode>();
  for (const span of sortByStart(spans)) {
    const orphan = span.parentSpanId !== '' && !ids.has(span.parentSpanId);
    byId.set(span.spanId, { span, children: [], orphan, depth: 0, selfNs: 0n });
  }
  const roots: GrowingNode[] = [];
  for (const node of byId.values()) (byId.get(node.span.parentSpanId)?.children ?? roots).push(node);
  const nodes = listDepthFirst(roots);
  const reached = new Set(nodes);
  for (const node of byId.values()) {
    if (reached.has(node)) continue;
    // Only a circle is not reachable from a root: it is cut open at its earliest span.
    const siblings = byId.get(node.span.parentSpanId)?.children ?? [];
    siblings.splice(siblings.indexOf(node), 1);
    roots.push(node);
    for (const below of listDepthFirst([node])) {
      reached.add(below);
      nodes.push(below);
    }
  }
  for (const node of nodes) node.selfNs = computeSelfNs(node);
  const starts = spans.map((span) => span.startNs);
  const ends = spans.map(endOf);
  return {
    roots,
    nodes,
    startNs: starts.reduce(minBigInt),
    endNs: ends.reduce(maxBigInt),
  };
}

/** When a span ended. */
export function endOf(span: TraceSpan): bigint {
  return span.startNs + span.durationNs;
}

/** Nanoseconds as milliseconds. */
export function nsToMs(ns: bigint): number {
  return Number(ns) / 1e6;
}

/** A node and all below it, depth first. */
export function listSubtree(node: TraceNode): TraceNode[] {
  const listed: TraceNode[] = [];
  const pending: TraceNode[] = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    listed.push(next);
    pending.push(...[...next.children].reverse());
  }
  return listed;
}

function listDepthFirst(roots: readonly GrowingNode[]): GrowingNode[] {
  const listed: GrowingNode[] = [];
  const pending = [...roots].reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    listed.push(node);
    for (const child of node.children) child.depth = node.depth + 1;
    pending.push(...[...node.children].reverse());
  }
  return listed;
}

// Children may overlap each other and outlive their parent, so their union inside the parent is what counts.
function computeSelfNs(node: GrowingNode): bigint {
  const end = endOf(node.span);
  let covered = 0n;
  let until = node.span.startNs;
  for (const child of node.children) {
    const from = maxBigInt(child.span.startNs, until);
    const to = minBigInt(endOf(child.span), end);
    if (to <= from) continue;
    covered += to - from;
    until = to;
  }
  return node.span.durationNs - covered;
}

function sortByStart(spans: readonly TraceSpan[]): TraceSpan[] {
  return [...spans].sort((a, b) => compareBigInt(a.startNs, b.startNs));
}
