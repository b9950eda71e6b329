// The critical path of a trace: the spans whose work the end of the trace waited for. Walks back from the end: within a
// span, the child that finished last before the point reached is on the path, and what no such child covers is the
// span's own share (the method of Uber's CRISP, USENIX ATC 2022).
import { compareBigInt, maxBigInt, minBigInt } from '../../std/bigint.ts';
import { endOf, type TraceNode } from './tree.ts';

export interface PathStep {
  readonly node: TraceNode;
  /** Time on the path that is the span's own. */
  readonly ownNs: bigint;
}

interface Visit {
  readonly node: TraceNode;
  readonly untilNs: bigint;
}

/** The path through a root, by start of the spans. Spans with no own time on it are left out. */
export function findCriticalPath(root: TraceNode): PathStep[] {
  const steps: PathStep[] = [];
  const pending: Visit[] = [{ node: root, untilNs: endOf(root.span) }];
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const { ownNs, visits } = walkBack(visit);
    if (ownNs > 0n) steps.push({ node: visit.node, ownNs });
    pending.push(...visits);
  }
  return steps.sort((a, b) => compareBigInt(a.node.span.startNs, b.node.span.startNs) || a.node.depth - b.node.depth);
}

function walkBack({ node, untilNs }: Visit): { ownNs: bigint; visits: Visit[] } {
  const byEnd = [...node.children].sort((a, b) => compareBigInt(endOf(b.span), endOf(a.span)));
  const visits: Visit[] = [];
  let ownNs = 0n;
  let at = untilNs;
  for (const child of byEnd) {
    if (child.span.startNs >= at || child.span.startNs < node.span.startNs) continue;
    const end = minBigInt(endOf(child.span), at);
    if (end <= node.span.startNs || end <= child.span.startNs) continue;
    ownNs += at - end;
    visits.push({ node: child, untilNs: end });
    at = child.span.startNs;
  }
  return { ownNs: ownNs + maxBigInt(at - node.span.startNs, 0n), visits };
}
