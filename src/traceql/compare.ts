// compare(): for every attribute of the spans found, how often each value occurs among the selected spans and among all
// others, so that one sees what is different about the selection.
import type * as ast from './ast.ts';
import { compileValue, type RowValue } from './compile.ts';
import { any } from './conditions.ts';
import { forEachSpan, type Plan } from './evaluate.ts';
import { type Field, intrinsicField } from './fields.ts';
import type { Intervals } from './functions/intervals.ts';
import type { Label, Series } from './functions/series.ts';
import { intrinsicRef } from './parse-field.ts';
import { printAttribute } from './print.ts';
import { foldConstants } from './simplify.ts';
import type { AttributeColumns, TraceSource } from './source.ts';
import { absentMark, groupKey, nil, type Static } from './values.ts';
import { FetchView } from './view.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from './visibility.ts';

export interface CompareContext {
  readonly plan: Plan;
  readonly source: TraceSource;
  readonly intervals: Intervals;
}

interface Counted {
  readonly value: Static;
  readonly counts: Float64Array;
}

/** Values with their counts, by attribute. */
type Tally = Map<string, Map<string, Counted>>;

/** The series of compare(), one per value and one per attribute, for baseline and selection. */
export function compareSpans(metrics: ast.MetricsCompare, context: CompareContext): Series[] {
  const { plan, source, intervals } = context;
  const isSelected = makeSelection(metrics, context);
  const list = makeLister(source, plan);
  const baseline: Tally = new Map();
  const selection: Tally = new Map();
  forEachSpan(source, plan, intervals, (row, interval) => {
    const tally = isSelected(row) ? selection : baseline;
    list(row, (name, value) => count(tally, name, value, { interval, size: intervals.count }));
  });
  return [
    ...listValues('baseline', baseline, metrics.topN),
    ...listValues('selection', selection, metrics.topN),
    ...listTotals('baseline_total', baseline, intervals.count),
    ...listTotals('selection_total', selection, intervals.count),
  ];
}

function makeSelection(metrics: ast.MetricsCompare, { plan, source }: CompareContext): (row: number) => boolean {
  const { expression } = foldFilter(metrics.filter);
  const everything = new FetchView(source, listRefs(expression).map(any), {
    allConditions: false,
    treeColumns: new Set(),
    regexes: plan.regexes,
  });
  const field = (ref: ast.AttributeRef): Field => {
    const first = plan.firstPass.field(ref);
    const second = everything.field(ref);
    return { get: (row) => first.get(row) ?? second.get(row) };
  };
  const test = compileValue(expression, { source, regexes: plan.regexes, field });
  const isInWindow = makeWindowTest(metrics, source);
  return (row) => isInWindow(row) && isTrue(test, row);
}

// What fails to be calculated is not selected.
function isTrue(test: RowValue, row: number): boolean {
  try {
    const value = test(row);
    return value.type === 'boolean' && value.value;
  } catch {
    return false;
  }
}

function foldFilter(filter: ast.SpansetFilter): ast.SpansetFilter {
  const pipeline: ast.Pipeline = { type: 'pipeline', elements: [filter], start: filter.start, end: filter.end };
  const [folded] = foldConstants({ pipeline, metrics: undefined, secondStages: [], hints: undefined }).pipeline
    .elements;
  return folded?.type === 'filter' ? folded : filter;
}

function listRefs(node: ast.FieldExpression): ast.AttributeRef[] {
  if (node.type === 'attribute') return [node.ref];
  if (node.type === 'binary') return [...listRefs(node.left), ...listRefs(node.right)];
  return 'operand' in node ? listRefs(node.operand) : [];
}

function makeWindowTest({ startNs, endNs }: ast.MetricsCompare, { spans }: TraceSource): (row: number) => boolean {
  if (startNs <= 0 || endNs <= 0) return () => true;
  const from = BigInt(startNs);
  const to = BigInt(endNs);
  return (row) => {
    const start = BigInt(spans.startSec[row]!) * 1_000_000_000n + BigInt(spans.startNano[row]!); // rows are of the source
    return start > from && start <= to;
  };
}

type Visit = (name: string, value: Static) => void;
type Lister = (row: number, visit: Visit) => void;

const plainIntrinsics: readonly ast.Intrinsic[] = [
  'rootName',
  'rootServiceName',
  'instrumentation:name',
  'instrumentation:version',
  'name',
  'status',
  'statusMessage',
  'kind',
];
/** Of no use for comparing: too many values. */
const unlisted: ReadonlySet<string> = new Set([
  'trace:id',
  'span:parentID',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
]);

// What the filter of the query read is counted once more, as in Tempo.
function makeLister(source: TraceSource, plan: Plan): Lister {
  const intrinsics = plainIntrinsics.map((name) => ({
    name: printAttribute(intrinsicRef(name)),
    field: intrinsicField(name, source),
  }));
  const { spans, resources, scopes } = source;
  const lists: Lister[] = [
    makeAttributeLister('resource', source, {
      columns: resources.attributes,
      dedicated: dedicatedResourceColumns,
      ownerOf: (row) => spans.resource[row]!,
    }),
    makeAttributeLister('instrumentation', source, {
      columns: scopes.attributes,
      dedicated: new Map(),
      ownerOf: (row) => spans.scope[row]!,
    }),
    makeAttributeLister('span', source, {
      columns: spans.attributes,
      dedicated: dedicatedSpanColumns,
      ownerOf: (row) => row,
    }),
  ];
  return (row, visit) => {
    for (const { name, field } of intrinsics) visit(name, field.get(row) ?? nil);
    for (const list of lists) list(row, visit);
    for (const { ref, value } of plan.firstPass.list(row))
      if (value.type !== 'duration' && !unlisted.has(ref.name)) visit(printAttribute(ref), value);
  };
}

interface AttributeOwner {
  readonly columns: AttributeColumns;
  readonly dedicated: ReadonlyMap<string, string>;
  readonly ownerOf: (row: number) => number;
}

// Dedicated columns are listed for every span, absent values as the text nil; service.name is "" instead.
function makeAttributeLister(
  scope: 'span' | 'resource' | 'instrumentation',
  source: TraceSource,
  owner: AttributeOwner,
): Lister {
  const names = new Map<number, string>();
  const nameOf = (key: number) => {
    const known =
      names.get(key) ?? printAttribute({ scope, parent: false, name: source.key(key), intrinsic: undefined });
    names.set(key, known);
    return known;
  };
  const dedicated = [...owner.dedicated].map(([name, type]) => ({
    key: source.keyId(name),
    type,
    name: printAttribute({ scope, parent: false, name, intrinsic: undefined }),
    absent: name === 'service.name' ? ({ type: 'string', value: '' } as const) : absentMark,
  }));
  const typeByKey = new Map(dedicated.flatMap(({ key, type }) => (key === undefined ? [] : [[key, type] as const])));
  const { starts, keys, values } = owner.columns;
  return (row, visit) => {
    const first = owner.ownerOf(row);
    const found = new Map<number, Static>();
    // Owners have a start and an end, and attributes between them.
    for (let i = starts[first]!; i < starts[first + 1]!; i++) {
      const key = keys[i]!;
      const value = source.value(values[i]!);
      if (typeByKey.get(key) === value.type) found.set(key, value);
      else visit(nameOf(key), value);
    }
    for (const { key, name, absent } of dedicated)
      visit(name, (key === undefined ? undefined : found.get(key)) ?? absent);
  };
}

function count(
  tally: Tally,
  name: string,
  value: Static,
  at: { readonly interval: number; readonly size: number },
): void {
  const byValue = tally.get(name) ?? new Map<string, Counted>();
  tally.set(name, byValue);
  // Arrays lose their values on Tempo's way to the front end.
  const shown = Array.isArray((value as { value?: unknown }).value) ? nil : value;
  const key = shown.type === 'nil' ? groupKey(absentMark) : groupKey(shown);
  const counted = byValue.get(key) ?? { value: shown, counts: new Float64Array(at.size) };
  byValue.set(key, counted);
  counted.counts[at.interval]!++; // forEachSpan gives intervals inside
}

function listValues(type: string, tally: Tally, topN: number): Series[] {
  return [...tally].flatMap(([name, byValue]) =>
    [...byValue.values()]
      .map((counted) => ({ counted, total: counted.counts.reduce((a, b) => a + b, 0) }))
      .sort((a, b) => b.total - a.total)
      .slice(0, topN)
      .map(({ counted }) => makeSeries(type, { name, value: counted.value }, counted.counts)),
  );
}

function listTotals(type: string, tally: Tally, size: number): Series[] {
  return [...tally].map(([name, byValue]) => {
    const totals = new Float64Array(size);
    for (const { counts } of byValue.values()) for (const [i, n] of counts.entries()) totals[i]! += n; // same size
    return makeSeries(type, { name, value: nil }, totals);
  });
}

function makeSeries(type: string, label: Label, values: Float64Array): Series {
  return { labels: [{ name: '__meta_type', value: { type: 'string', value: type } }, label], values, exemplars: [] };
}
