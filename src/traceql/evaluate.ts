// Makes a parsed query ready to run on a source: what it fetches, which traces can match at all, and what it does with
// the spans of one trace.
import type * as ast from './ast.ts';
import type { RowTest } from './column-filter.ts';
import { type CompileContext, compileTest, mayThrow } from './compile.ts';
import { extractConditions, type FetchRequest } from './conditions.ts';
import type { Seen } from './items.ts';
import { Room } from './kernels/room.ts';
import { findMisread } from './misread-resources.ts';
import type { RegexCache } from './operators.ts';
import { compilePipeline, compileScalarTest, type Spanset, type Stage } from './pipeline.ts';
import { findNecessary, impliesFetched } from './prefilter.ts';
import { RowList } from './row-list.ts';
import { foldConstants, joinComparisons } from './simplify.ts';
import type { TraceSource } from './source.ts';
import { referencesSpan } from './types.ts';
import { FetchView } from './view.ts';
import type { Window } from './window.ts';

/** A query made ready for one source, which must not change until it is done. */
export interface Plan {
  /** Never matches anything, whatever the data. */
  readonly isNoop: boolean;
  /** The spansets of one trace that match; empty if it does not. @throws QueryError of kind execution */
  readonly evaluate: (trace: number) => readonly Spanset[];
  /** If every answer is decided span by span: is this span one? */
  readonly rowTest: RowTest | undefined;
  /** A test that some span of a trace has to pass, or the trace cannot match; undefined: any may. */
  readonly necessary: RowTest | undefined;
  /** Do the filters read the duration of every span of the answer, or none at all? */
  readonly everyDurationPasses: boolean;
  /** What a search result shows of a span. */
  readonly show: (row: number) => Seen[];
  /** What the filters saw, and what is fetched for the spans found. */
  readonly firstPass: FetchView;
  readonly secondPass: FetchView;
  readonly regexes: RegexCache;
  /** Where columns are walked; closed when the next query is planned. */
  readonly room: Room;
}

/** Prepares a validated query; `window` is that of a search. */
export function planTraceql(query: ast.Query, source: TraceSource, window?: Window): Plan {
  const simplified = joinComparisons(foldConstants(query));
  const request = extractConditions(simplified);
  const regexes: RegexCache = new Map();
  const { allConditions, treeColumns } = request;
  const firstPass = new FetchView(source, request.conditions, { allConditions, treeColumns, regexes });
  const secondPass = new FetchView(source, request.secondPass, {
    allConditions: false,
    treeColumns: new Set(),
    regexes,
  });
  const room = new Room();
  const context: CompileContext = { source, regexes, room, field: (ref) => firstPass.field(ref) };
  const isRead = impliesFetched(simplified, request) ? undefined : (row: number) => firstPass.isFetched(row);
  const isMisread = window && findMisread(request, source, window);
  const isFetched = isMisread ? (row: number) => !isMisread(row) && (isRead?.(row) ?? true) : isRead;
  const first = compileFirstFilter(simplified, context, isFetched);
  const list = new RowList(source, first ?? isFetched);
  const { begin, stage, isBySpan } = compileRest(simplified, context, first !== undefined);
  const needsBounds = firstPass.needsTree || secondPass.needsTree;
  return {
    isNoop: isNoop(simplified, request),
    evaluate: (trace) => {
      if (needsBounds) source.prepareTree(trace);
      list.fill(trace);
      const set = list.count === 0 ? undefined : begin(list);
      if (!set) return [];
      return stage ? stage([set]) : [set];
    },
    rowTest: isBySpan && !needsBounds ? first : undefined,
    necessary: needsBounds && first ? undefined : (first ?? findNecessary(simplified, context)),
    everyDurationPasses: allConditions || !request.conditions.some(isDurationTest),
    show: (row) => [...firstPass.list(row), ...secondPass.list(row)],
    firstPass,
    secondPass,
    regexes,
    room,
  };
}

// A first filter that cannot fail is applied while rows are listed: cheaper than asking first what would be fetched.
function compileFirstFilter(
  { pipeline }: ast.Query,
  context: CompileContext,
  isFetched: RowTest | undefined,
): RowTest | undefined {
  const [first] = pipeline.elements;
  if (first?.type !== 'filter' || mayThrow(first.expression)) return undefined;
  const test = compileTest(first.expression, context);
  return isFetched ? (row) => test(row) && isFetched(row) : test;
}

/** What is done with the spans that passed the first filter. */
interface Rest {
  /** The set of those of one trace; undefined if the trace is no result. */
  readonly begin: (list: RowList) => Spanset | undefined;
  /** Undefined: nothing is left to do. */
  readonly stage: Stage | undefined;
  /** Is each span that passed the first filter one of the answer? */
  readonly isBySpan: boolean;
}

// A scalar filter behind the first filter looks at the list: few traces pass it, and only those are worth a set.
function compileRest({ pipeline }: ast.Query, context: CompileContext, isFirstApplied: boolean): Rest {
  const elements = isFirstApplied ? pipeline.elements.slice(1) : pipeline.elements;
  const isBySpan = isFirstApplied && elements.every((element) => element.type === 'select');
  const [next, ...others] = elements;
  if (!isFirstApplied || next?.type !== 'scalarFilter') {
    const begin = (list: RowList) => ({ rows: list.take(), attributes: [] });
    return { begin, stage: isBySpan ? undefined : compilePipeline({ ...pipeline, elements }, context), isBySpan };
  }
  const test = compileScalarTest(next, context);
  const begin = (list: RowList) => {
    const found = test(list.rows, list.count);
    return found && { rows: list.take(), attributes: [found] };
  };
  return { begin, stage: compilePipeline({ ...pipeline, elements: others }, context), isBySpan };
}

function isNoop({ pipeline }: ast.Query, request: FetchRequest): boolean {
  // No block has child counts, so Tempo's storage refuses to look for them.
  if (request.conditions.some((c) => c.ref.intrinsic === 'span:childCount')) return true;
  return pipeline.elements.every((element) => {
    if (element.type === 'spansetOperation') return isFalse(element.left) && isFalse(element.right);
    return isFalse(element);
  });
}

function isFalse(element: ast.PipelineElement): boolean {
  if (element.type !== 'filter' || referencesSpan(element.expression)) return false;
  const { expression } = element;
  return expression.type === 'static' && expression.value.type === 'boolean' && !expression.value.value;
}

function isDurationTest({ ref }: FetchRequest['conditions'][number]): boolean {
  return ref.intrinsic === 'duration';
}
