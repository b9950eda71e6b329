// Runs a parsed query on a source: traces for a search, rows for metrics. Synchronous within a trace; the caller decides
// how many traces at a time.
import type * as ast from './ast.ts';
import { type CompileContext, compileTest, mayThrow } from './compile.ts';
import { extractConditions, type FetchRequest } from './conditions.ts';
import type { Intervals } from './functions/intervals.ts';
import type { Seen } from './items.ts';
import type { RegexCache } from './operators.ts';
import { compilePipeline, type Spanset, type Stage } from './pipeline.ts';
import { foldConstants, joinComparisons } from './simplify.ts';
import type { TraceSource } from './source.ts';
import { referencesSpan } from './types.ts';
import { FetchView } from './view.ts';

/** A query made ready for one source. */
export interface Plan {
  /** Never matches anything, whatever the data. */
  readonly isNoop: boolean;
  /** The spansets of one trace that match; empty if it does not. @throws QueryError of kind execution */
  readonly evaluate: (trace: number) => readonly Spanset[];
  /** What a search result shows of a span. */
  readonly show: (row: number) => Seen[];
  /** What the filters saw, and what is fetched for the spans found. */
  readonly firstPass: FetchView;
  readonly secondPass: FetchView;
  readonly request: FetchRequest;
  readonly regexes: RegexCache;
}

/** Prepares a validated query for a source; the source must not change until the plan is done with. */
export function planTraceql(query: ast.Query, source: TraceSource): Plan {
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
  const context: CompileContext = { source, regexes, field: (ref) => firstPass.field(ref) };
  const listRows = makeRowLister(simplified, context, firstPass);
  const stage = compileStages(simplified, context);
  const needsBounds = firstPass.needsTree || secondPass.needsTree;
  return {
    isNoop: isNoop(simplified) || request.conditions.some((c) => c.ref.intrinsic === 'span:childCount'),
    evaluate: (trace) => {
      if (needsBounds) source.prepareTree(trace);
      const rows = listRows(trace);
      return rows.length === 0 ? [] : stage([{ rows, attributes: [] }]);
    },
    show: (row) => [...firstPass.list(row), ...secondPass.list(row)],
    firstPass,
    secondPass,
    request,
    regexes,
  };
}

// The rows of a trace that the first stage starts with. A first filter that cannot fail is applied at once: it is
// cheaper than asking whether the storage would have fetched the span.
function makeRowLister(query: ast.Query, context: CompileContext, view: FetchView): (trace: number) => number[] {
  const [first] = query.pipeline.elements;
  const { spans, traces } = context.source;
  const test =
    first?.type === 'filter' && !mayThrow(first.expression) ? compileTest(first.expression, context) : () => true;
  return (trace) => {
    const rows: number[] = [];
    // Traces and their chains are of the source.
    for (let row = traces.firstRow[trace]!; row !== -1; row = spans.next[row]!)
      if (test(row) && view.isFetched(row)) rows.push(row);
    return rows;
  };
}

function compileStages(query: ast.Query, context: CompileContext): Stage {
  const [first, ...rest] = query.pipeline.elements;
  const isApplied = first?.type === 'filter' && !mayThrow(first.expression);
  if (!isApplied) return compilePipeline(query.pipeline, context);
  return rest.length === 0 ? (input) => input : compilePipeline({ ...query.pipeline, elements: rest }, context);
}

function isNoop({ pipeline }: ast.Query): boolean {
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

/** Calls back for every span of the answer with the interval it started in. */
export function forEachSpan(
  source: TraceSource,
  plan: Plan,
  intervals: Intervals,
  visit: (row: number, interval: number) => void,
): void {
  const { startSec, startNano } = source.spans;
  for (let trace = 0; trace < source.traces.count; trace++) {
    for (const set of plan.evaluate(trace)) {
      for (const row of set.rows) {
        const interval = intervals.find(startSec[row]!, startNano[row]!); // rows are of the source
        if (interval !== -1) visit(row, interval);
      }
    }
  }
}
