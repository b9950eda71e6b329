// A trace as rows of a waterfall: depth first, with like siblings folded into one row so that a thousand queries of the
// same kind are one line, not a thousand.
import type { PathStep } from '../../clients/traces/critical-path.ts';
import { findStatement } from '../../clients/traces/statement.ts';
import { endOf, nsToMs, type TraceNode, type TraceTree } from '../../clients/traces/tree.ts';
import { maxBigInt } from '../../std/bigint.ts';

export interface WaterfallRow {
  readonly spanId: string;
  readonly depth: number;
  readonly name: string;
  readonly service: string;
  readonly kind: string;
  /** After the start of the trace. */
  readonly startMs: number;
  readonly durationMs: number;
  /** What no child covers; for folded rows the sum. */
  readonly selfMs: number;
  readonly error: boolean;
  readonly statusMessage: string;
  readonly statement: string | null;
  readonly critical: boolean;
  readonly orphan: boolean;
  /** How many like siblings this row stands for; 1 if it stands for itself. */
  readonly folded: number;
  /** The first few of them, unless the row is folded. */
  readonly events: { readonly afterMs: number; readonly name: string }[];
}

const shownEvents = 3;
/** Like siblings beyond this number are folded. */
const foldFrom = 4;

/** The rows of a trace. @param options.fold false lists every span */
export function listWaterfall(
  tree: TraceTree,
  options: { readonly criticalPath: readonly PathStep[]; readonly fold: boolean },
): WaterfallRow[] {
  const critical = new Set(options.criticalPath.map((step) => step.node.span.spanId));
  const rows: WaterfallRow[] = [];
  const pending: TraceNode[][] = groupSiblings(tree.roots, options.fold).reverse();
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    rows.push(makeRow(group, { tree, critical }));
    const [only] = group;
    if (group.length === 1 && only) pending.push(...groupSiblings(only.children, options.fold).reverse());
  }
  return rows;
}

// Only leaves are folded, so that nothing but repetitions disappears; failed ones stay visible.
function groupSiblings(siblings: readonly TraceNode[], fold: boolean): TraceNode[][] {
  if (!fold) return siblings.map((node) => [node]);
  const groups = new Map<string, TraceNode[]>();
  for (const node of siblings) {
    const { span } = node;
    const isLeaf = node.children.length === 0 && span.status !== 'error';
    const key = isLeaf ? JSON.stringify([span.service, span.name, findStatement(span.attributes)]) : span.spanId;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups.values()].flatMap((group) => (group.length >= foldFrom ? [group] : group.map((node) => [node])));
}

function makeRow(group: readonly TraceNode[], of: { tree: TraceTree; critical: ReadonlySet<string> }): WaterfallRow {
  const [first] = group;
  if (first === undefined) throw new Error('a waterfall row stands for at least one span');
  const { span } = first;
  const lastEnd = group.map((node) => endOf(node.span)).reduce(maxBigInt);
  return {
    spanId: span.spanId,
    depth: first.depth,
    name: span.name,
    service: span.service,
    kind: span.kind,
    startMs: nsToMs(span.startNs - of.tree.startNs),
    durationMs: nsToMs(group.length === 1 ? span.durationNs : lastEnd - span.startNs),
    selfMs: group.reduce((sum, node) => sum + nsToMs(node.selfNs), 0),
    error: span.status === 'error',
    statusMessage: span.statusMessage,
    statement: findStatement(span.attributes),
    critical: group.some((node) => of.critical.has(node.span.spanId)),
    orphan: first.orphan,
    folded: group.length,
    events:
      group.length > 1
        ? []
        : span.events
            .slice(0, shownEvents)
            .map(({ atNs, name }) => ({ afterMs: nsToMs(atNs - of.tree.startNs), name })),
  };
}
