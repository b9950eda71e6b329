// Where the time of a slow span went. A slow child makes all its ancestors slow; naming those helps nobody.
import { listSubtree, type TraceNode } from './tree.ts';

// Below this share of the span's duration no single descendant explains it, and the span itself is named.
const decisiveShare = 0.5;

/** The descendant (or the node itself) with the largest self time, if that is at least half of the node's duration. */
export function findGuilty(node: TraceNode): TraceNode {
  const largest = listSubtree(node).reduce((most, one) => (one.selfNs > most.selfNs ? one : most));
  return Number(largest.selfNs) >= Number(node.span.durationNs) * decisiveShare ? largest : node;
}
