// compare(): for every attribute of the spans found, how often each value occurs among the selected spans and among all
// others, so that one sees what is different about the selection.
import type * as ast from './ast.ts';
import type { RowTest } from './column-filter.ts';
import { type CompareField, type CompareFields, countValues } from './compare-counter.ts';
import { type CompareRoom, withCompareRoom } from './compare-room.ts';
import { BlockDivider, Slots, sides } from './compare-slots.ts';
import type { Chosen } from './compare-tally.ts';
import { compileTest, compileValue, mayThrow, type RowValue } from './compile.ts';
import { any } from './conditions.ts';
import type { Plan } from './evaluate.ts';
import { type Coded, type Field, intrinsicField } from './fields.ts';
import { Intervals, type MetricsWindow } from './functions/intervals.ts';
import type { Label, Series } from './functions/series.ts';
import { wordBytes } from './kernels/room.ts';
import { intrinsicRef } from './parse-field.ts';
import { printAttribute } from './print.ts';
import { referencesOf } from './references.ts';
import { forEachBatch } from './scan.ts';
import { foldConstants } from './simplify.ts';
import type { TraceSource } from './source.ts';
import { batchSpans, type SpanBatch } from './span-batch.ts';
import { nil } from './values.ts';
import { FetchView } from './view.ts';

export interface CompareContext {
  readonly plan: Plan;
  readonly source: TraceSource;
  readonly window: MetricsWindow;
}

/**
 * The series of compare(), one per value and one per attribute, for baseline and selection. As in Tempo 3.0.3, spans of one
 * interval more, in front of the window, have their say in what is shown, but are not counted.
 */
export function compareSpans(metrics: ast.MetricsCompare, context: CompareContext): Series[] {
  const { plan, source, window } = context;
  const forms = source.forms();
  const hidden = window.isInstant ? 0 : 1;
  const intervals = new Intervals({ ...window, startNs: window.startNs - BigInt(hidden) * window.stepNs });
  return withCompareRoom(source, forms, (room) => {
    const slots = placeSpans(metrics, { plan, source, intervals }, room);
    const chosen = countValues(slots, { source, forms, columns: listColumns(source, plan), topN: metrics.topN });
    return [...listSeries('baseline', slots, chosen), ...listSeries('selection', slots, chosen)].map((series) => ({
      ...series,
      values: series.values.subarray(hidden),
    }));
  });
}

function listSeries(name: keyof typeof sides, { room, intervals }: Slots, chosen: readonly Chosen[]): Series[] {
  const side = sides[name];
  const listed = chosen.flatMap(({ attribute, values: { [side]: values } }) => {
    if (!values) return [];
    const shown = values.map(({ value, counts = 0 }) => ({
      type: name as string,
      name: attribute.name,
      value,
      counts,
    }));
    return [...shown, { type: `${name}_total`, name: attribute.name, value: nil, counts: attribute.sums }];
  });
  // One list for all: several hundred small ones take longer than counting.
  const numbers = new Float64Array(listed.length * intervals);
  return listed.map(({ type, name, value, counts }, i) => {
    const values = numbers.subarray(i * intervals, (i + 1) * intervals);
    values.set(room.words(counts + side * intervals * wordBytes, intervals));
    return makeSeries(type, { name, value }, values);
  });
}

interface Placing {
  readonly plan: Plan;
  readonly source: TraceSource;
  readonly intervals: Intervals;
}

function placeSpans(metrics: ast.MetricsCompare, context: Placing, room: CompareRoom): Slots {
  const { plan, source, intervals } = context;
  const slots = new Slots(room, source.spans.count, intervals.count);
  const { select, block } = makeSelection(metrics, context);
  const divider = new BlockDivider(slots, source.spans, intervals.scale);
  const marks = new Uint8Array(batchSpans);
  forEachBatch(source, plan, intervals, (batch) => {
    if (batch.block && block) {
      divider.divide(batch.block, block(batch.block.from).marks);
      return;
    }
    select(batch.list(), marks);
    slots.divide(batch, marks);
  });
  return slots;
}

interface Selection {
  /** Writes which spans of a batch are selected, by place in the batch: 1 or 0. */
  readonly select: (batch: SpanBatch, into: Uint8Array) => void;
  /** Set if whole blocks are decided together, as in `RowTest`. */
  readonly block?: RowTest['block'];
}

function makeSelection(metrics: ast.MetricsCompare, { plan, source }: Placing): Selection {
  const { expression } = foldFilter(metrics.filter);
  const everything = new FetchView(source, referencesOf(expression).map(any), {
    allConditions: false,
    treeColumns: new Set(),
    regexes: plan.regexes,
  });
  const field = (ref: ast.AttributeRef): Field => {
    const second = everything.field(ref);
    if (!plan.firstPass.asks(ref)) return second;
    const first = plan.firstPass.field(ref);
    return { get: (row) => first.get(row) ?? second.get(row) };
  };
  const compileContext = { source, regexes: plan.regexes, room: plan.room, field };
  const isInWindow = makeWindowTest(metrics, source);
  if (!mayThrow(expression)) {
    const test = compileTest(expression, compileContext);
    return isInWindow ? selectBy((row) => isInWindow(row) && test(row)) : { ...selectBy(test), block: test.block };
  }
  const value = compileValue(expression, compileContext);
  return selectBy((row) => (isInWindow?.(row) ?? true) && isTrue(value, row));
}

function selectBy(isSelected: (row: number) => boolean): Selection {
  const select: Selection['select'] = ({ rows, count }, into) => {
    for (let i = 0; i < count; i++) into[i] = isSelected(rows[i]!) ? 1 : 0; // batches hold as many as they say
  };
  return { select };
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

// Undefined: there is no window.
function makeWindowTest(
  { startNs, endNs }: ast.MetricsCompare,
  { spans }: TraceSource,
): ((row: number) => boolean) | undefined {
  if (startNs <= 0 || endNs <= 0) return undefined;
  const from = BigInt(startNs);
  const to = BigInt(endNs);
  return (row) => {
    const start = BigInt(spans.startSec[row]!) * 1_000_000_000n + BigInt(spans.startNano[row]!); // rows are of the source
    return start > from && start <= to;
  };
}

const intrinsicsOfRoot: readonly ast.Intrinsic[] = ['rootName', 'rootServiceName'];
const intrinsicsOfShape: readonly ast.Intrinsic[] = [
  'instrumentation:name',
  'instrumentation:version',
  'status',
  'statusMessage',
  'kind',
];
/** Of no use for comparing: too many values; durations are never shown. */
const unlisted: ReadonlySet<string> = new Set([
  'duration',
  'traceDuration',
  'trace:id',
  'span:parentID',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
]);

function listColumns(source: TraceSource, plan: Plan): CompareFields {
  const listed = (name: ast.Intrinsic): CompareField => ({
    name: printAttribute(intrinsicRef(name)),
    field: intrinsicField(name, source),
    showsAbsent: true,
  });
  // What the filter of the query read is counted once more, as in Tempo.
  const read = plan.firstPass.plainFields
    .filter(({ ref }) => ref.intrinsic === undefined || !unlisted.has(ref.intrinsic))
    .map(({ ref, field }) => ({ name: printAttribute(ref), field, showsAbsent: false }));
  return {
    ofShape: intrinsicsOfShape.map(listed),
    ofRoot: intrinsicsOfRoot.map((name) => ({ ...listed(name), coded: codedOf(name, source) })),
    others: read,
    items: plan.firstPass.readsItems ? (row: number) => plan.firstPass.listItems(row) : undefined,
  };
}

function codedOf(name: ast.Intrinsic, source: TraceSource): Coded {
  const { coded } = intrinsicField(name, source);
  if (!coded) throw new Error(`${name} is not decided by a number`);
  return coded;
}

function makeSeries(type: string, label: Label, values: Float64Array): Series {
  return { labels: [{ name: '__meta_type', value: { type: 'string', value: type } }, label], values, exemplars: [] };
}
