// A filter over the spans of one trace, as requests for a trace by id may carry: one `{ … }`, which sees every span whole.
import type * as ast from './ast.ts';
import { compileTest, compileValue, mayThrow } from './compile.ts';
import { any } from './conditions.ts';
import { Room } from './kernels/room.ts';
import type { RegexCache } from './operators.ts';
import { referencesOf } from './references.ts';
import type { TraceSource } from './source.ts';
import { FetchView } from './view.ts';

/** What keeps a query from being such a filter, in Tempo's words; undefined: nothing. */
export function refuseAsTraceFilter(query: ast.Query): string | undefined {
  if (query.metrics) return 'only a single TraceQL filter is supported: got a metrics query';
  const filter = onlyFilter(query.pipeline);
  if (!filter) return 'only a single TraceQL filter is supported: got a structural or aggregate query';
  const other = referencesOf(filter.expression).find(({ intrinsic }) => intrinsic && ofTrace.has(intrinsic));
  return other && `intrinsic is not supported by this filter: ${JSON.stringify(other.intrinsic)}`;
}

/** Does the span of a row pass the filter? `query` must not be refused. The test may throw a QueryError of kind execution. */
export function makeTraceFilter(query: ast.Query, source: TraceSource): (row: number) => boolean {
  const filter = onlyFilter(query.pipeline);
  if (!filter) return () => false;
  const { expression } = filter;
  const regexes: RegexCache = new Map();
  const conditions = [
    ...referencesOf(expression).map(any),
    ...wantedMissing(expression).map((ref) => ({ ref, op: 'missing' as const, operand: undefined })),
  ];
  const view = new FetchView(source, conditions, { allConditions: false, treeColumns: new Set(), regexes });
  const context = { source, regexes, room: new Room(), field: (ref: ast.AttributeRef) => view.field(ref) };
  if (!mayThrow(expression)) return compileTest(expression, context);
  const value = compileValue(expression, context);
  return (row) => {
    const found = value(row);
    return found.type === 'boolean' && found.value;
  };
}

function wantedMissing(node: ast.FieldExpression): ast.AttributeRef[] {
  if (node.type === 'missing') return referencesOf(node.operand);
  if (node.type === 'binary') return [...wantedMissing(node.left), ...wantedMissing(node.right)];
  return 'operand' in node ? wantedMissing(node.operand) : [];
}

const ofTrace: ReadonlySet<string> = new Set([
  'rootName',
  'rootServiceName',
  'traceDuration',
  'trace:id',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
  'span:childCount',
]);

function onlyFilter({ elements }: ast.Pipeline): ast.SpansetFilter | undefined {
  const [first, ...rest] = elements;
  if (rest.length > 0) return undefined;
  if (first?.type === 'pipeline') return onlyFilter(first);
  return first?.type === 'filter' ? first : undefined;
}
