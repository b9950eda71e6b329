// A trace as the answer of `obs trace`: rows, critical path, errors, logs, and of a large trace what matters most.
import { findCriticalPath, type PathStep } from '../../clients/traces/critical-path.ts';
import { buildTree, listSubtree, nsToMs, type TraceNode, type TraceTree } from '../../clients/traces/tree.ts';
import { countOf } from '../../std/plural.ts';
import { type AttributeValue, printValue } from '../../wire/tempo/decode-attributes.ts';
import type { TraceSpan } from '../../wire/tempo/decode-trace.ts';
import type { TraceAnswer } from '../answers/trace.ts';
import { cleanText } from '../render/clean.ts';
import { keepImportant } from '../render/important-rows.ts';
import type { ToolContext } from '../tool.ts';
import { fitList, fitText, roomFor, sizeOf } from './fit.ts';
import { listWaterfall } from './waterfall.ts';
import { formatTime } from './window.ts';

const maxNameChars = 120;
const maxTextChars = 300;
const shownPathSteps = 8;
/** Rows matter more than what was written beside them; `--span` shows that whole. */
const maxRemarkChars = 160;
const shownErrors = 6;
const shownLogs = 6;
const shownAttributes = 60;

export interface TraceToDescribe {
  readonly traceId: string;
  /** Not empty. */
  readonly spans: readonly TraceSpan[];
  readonly logs: TraceAnswer['logs'];
  /** List every span, like siblings not folded. */
  readonly full: boolean;
  /** Only this span and what is below it, with all that it carries. */
  readonly spanId: string | undefined;
}

/** The answer; undefined if the span asked for is not in the trace. */
export function describeTrace(of: TraceToDescribe, context: ToolContext): TraceAnswer | undefined {
  const whole = buildTree(of.spans);
  const opened = of.spanId === undefined ? undefined : findSpan(whole, of.spanId);
  if (of.spanId !== undefined && opened === undefined) return undefined;
  const tree = opened === undefined ? whole : { ...whole, roots: [opened], nodes: listSubtree(opened) };
  const text = (value: string, maxChars = maxNameChars) => fitText(context, cleanText(value), maxChars);
  const path = tree.roots.flatMap(findCriticalPath);
  const failed = tree.nodes.map((node) => node.span).filter((span) => span.status === 'error');
  const rest: TraceAnswer = {
    traceId: of.traceId,
    start: formatTime(nsToMs(whole.startNs)),
    durationMs: nsToMs(whole.endNs - whole.startNs),
    root: text(whole.roots[0]?.span.name ?? ''),
    services: [...new Set(of.spans.map((span) => text(span.service)))].sort(),
    isWhole: of.full,
    spanCount: tree.nodes.length,
    errorCount: failed.length,
    notes: listNotes(tree, opened),
    criticalPath: sumPath(path, text),
    spans: [],
    spansShown: 0,
    errors: fitList(context, failed, shownErrors).map((span) => ({
      spanId: span.spanId,
      name: text(span.name),
      service: text(span.service),
      message: text(messageOf(span), maxRemarkChars),
    })),
    logs: fitList(context, of.logs, shownLogs).map((log) => ({ ...log, line: text(log.line, maxRemarkChars) })),
    detail: opened === undefined ? null : describeSpan(whole, opened.span, context),
  };
  const rows = listWaterfall(tree, { criticalPath: path, fold: !of.full }).map((row) => ({
    ...row,
    name: text(row.name),
    service: text(row.service),
    statusMessage: text(row.statusMessage),
    statement: row.statement && text(row.statement, maxTextChars),
    events: row.events.map((event) => ({ ...event, name: text(event.name) })),
  }));
  const spans = keepImportant(rows, { roomBytes: roomFor(context, rest), sizeOf });
  return { ...rest, spans, spansShown: spans.reduce((sum, row) => sum + row.folded, 0) };
}

// Like steps are one line: forty queries of the same kind are waited for together.
function sumPath(path: readonly PathStep[], text: (value: string) => string): TraceAnswer['criticalPath'] {
  const sums = new Map<string, TraceAnswer['criticalPath'][number]>();
  for (const { node, ownNs } of path) {
    const { spanId, name, service } = node.span;
    const key = JSON.stringify([service, name]);
    const sum = sums.get(key) ?? { spanId, name: text(name), service: text(service), ownMs: 0, spans: 0 };
    sums.set(key, { ...sum, ownMs: sum.ownMs + nsToMs(ownNs), spans: sum.spans + 1 });
  }
  return [...sums.values()].sort((a, b) => b.ownMs - a.ownMs).slice(0, shownPathSteps);
}

function listNotes(tree: TraceTree, opened: TraceNode | undefined): string[] {
  if (opened !== undefined) return [`only span ${opened.span.spanId} and what is below it`];
  const orphans = tree.nodes.filter((node) => node.orphan);
  const open = new Set(orphans.map((node) => node.span.parentSpanId)).size;
  const roots = tree.roots.length - orphans.length;
  const missing = [
    ...(open > 0 ? [`${countOf(open, 'span')} still open (or never sent)`] : []),
    ...(roots === 0 ? ['root not seen yet'] : []),
  ];
  return [...(missing.length > 0 ? [missing.join(', ')] : []), ...(roots > 1 ? [`the trace has ${roots} roots`] : [])];
}

// By its whole id, or by its first digits if no other begins so.
function findSpan(tree: TraceTree, spanId: string): TraceNode | undefined {
  const named = tree.nodes.filter(({ span }) => span.spanId.startsWith(spanId.toLowerCase()));
  return named.find(({ span }) => span.spanId === spanId.toLowerCase()) ?? (named.length === 1 ? named[0] : undefined);
}

function messageOf(span: TraceSpan): string {
  const exception = span.events.find((event) => event.name === 'exception')?.attributes;
  const thrown = [exception?.['exception.type'], exception?.['exception.message']];
  return span.statusMessage || thrown.flatMap((one) => (one == null ? [] : [printValue(one)])).join(': ');
}

function describeSpan(tree: TraceTree, span: TraceSpan, context: ToolContext): NonNullable<TraceAnswer['detail']> {
  const print = (attributes: Readonly<Record<string, AttributeValue>>) => printAttributes(attributes, context);
  return {
    spanId: span.spanId,
    attributes: print(span.attributes),
    resource: print(span.resource),
    events: fitList(context, span.events, shownErrors).map((event) => ({
      afterMs: nsToMs(event.atNs - tree.startNs),
      name: cleanText(event.name),
      attributes: print(event.attributes),
    })),
  };
}

function printAttributes(
  attributes: Readonly<Record<string, AttributeValue>>,
  context: ToolContext,
): Record<string, string> {
  const entries = fitList(context, Object.entries(attributes), shownAttributes);
  return Object.fromEntries(
    entries.map(([name, value]) => [cleanText(name), fitText(context, cleanText(printValue(value)), maxTextChars)]),
  );
}
