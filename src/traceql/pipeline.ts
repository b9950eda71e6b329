// Runs the stages of a query on the spans of one trace: filters, structural operators, groups, aggregates.
import type * as ast from './ast.ts';
import type { RowTest } from './column-filter.ts';
import { type CompileContext, compileTest, compileValue } from './compile.ts';
import { makeExecutionError } from './errors.ts';
import { makeAggregate } from './functions/aggregates.ts';
import { numbersOf } from './functions/number-sums.ts';
import { makeComparison } from './operators.ts';
import { printAsServer } from './print.ts';
import type { SpanColumns } from './source.ts';
import { relate } from './structure.ts';
import { groupKey, nil, type Static } from './values.ts';

/** Spans of one trace that belong together, with what groups and aggregates said about them. */
export interface Spanset {
  readonly rows: readonly number[];
  readonly attributes: readonly SetAttribute[];
}

export interface SetAttribute {
  readonly name: string;
  readonly value: Static;
}

/** A stage: sets of one trace in, sets out; none means that the trace is no result. */
export type Stage = (input: readonly Spanset[]) => readonly Spanset[];

/** The stages of a pipeline as one. */
export function compilePipeline(pipeline: ast.Pipeline, context: CompileContext): Stage {
  const stages = pipeline.elements.map((element) => compileElement(element, context));
  if (stages.length === 1 && stages[0]) return stages[0];
  return (input) => {
    let sets = input;
    for (const stage of stages) {
      sets = stage(sets);
      if (sets.length === 0) return sets;
    }
    return sets;
  };
}

function compileElement(element: ast.PipelineElement, context: CompileContext): Stage {
  switch (element.type) {
    case 'by':
      return compileGroup(element, context);
    case 'coalesce':
      return (input) => [{ rows: input.flatMap((set) => set.rows), attributes: [] }];
    case 'select':
      return (input) => input;
    case 'scalarFilter':
      return compileScalarFilter(element, context);
    case 'aggregate': {
      const measure = compileAggregate(element, context);
      return keepSets(({ rows }) => measure(rows, rows.length));
    }
    case 'pipeline':
      return compilePipeline(element, context);
    case 'filter':
      return compileFilter(compileTest(element.expression, context));
    default:
      return compileOperation(element, context);
  }
}

function compileFilter(test: RowTest): Stage {
  return (input) => {
    const output: Spanset[] = [];
    for (const set of input) {
      const rows = set.rows.filter(test);
      if (rows.length === set.rows.length && rows.length > 0) output.push(set);
      else if (rows.length > 0) output.push({ ...set, rows });
    }
    return output;
  };
}

function compileOperation(node: ast.SpansetOperation, context: CompileContext): Stage {
  const left = compileElement(node.left, context);
  const right = compileElement(node.right, context);
  const { spans } = context.source;
  return (input) =>
    input.flatMap((set) => {
      const rows = join(node.op, left([set]), right([set]), spans);
      return rows.length === 0 ? [] : [{ ...set, rows }];
    });
}

function join(
  op: ast.SpansetOp,
  left: readonly Spanset[],
  right: readonly Spanset[],
  spans: SpanColumns,
): readonly number[] {
  if (op === '&&') return left.length > 0 && right.length > 0 ? unite(left, right) : [];
  if (op === '||') return unite(left, right);
  if (right.length === 0) return [];
  if (left.length > 1 || right.length > 1)
    throw makeExecutionError(
      'spanset operators are not supported for multiple spansets per trace. consider using coalesce()',
    );
  return relate(op, left[0]?.rows ?? [], right[0]?.rows ?? [], spans);
}

function unite(left: readonly Spanset[], right: readonly Spanset[]): readonly number[] {
  return [...new Set([...left, ...right].flatMap((set) => set.rows))];
}

function compileGroup(node: ast.GroupOperation, context: CompileContext): Stage {
  const value = compileValue(node.expression, context);
  const name = printAsServer(node);
  return (input) => input.flatMap((set) => groupSet(set, name, value));
}

interface Group {
  readonly rows: number[];
  readonly value: Static;
}

function groupOf(groups: Map<string, Group>, value: Static): Group {
  const key = groupKey(value);
  const group = groups.get(key) ?? { rows: [], value };
  groups.set(key, group);
  return group;
}

function groupSet(set: Spanset, name: string, value: (row: number) => Static): Spanset[] {
  const groups = new Map<string, Group>();
  // Most values come as the same object again, which is found faster than by what it says.
  const byObject = new Map<Static, Group>();
  for (const row of set.rows) {
    const own = value(row);
    const group = byObject.get(own) ?? groupOf(groups, own);
    if (group.rows.length === 0 || group.value !== own) byObject.set(own, group);
    group.rows.push(row);
  }
  return [...groups.values()].map((group) => ({
    rows: group.rows,
    attributes: [...set.attributes, { name, value: group.value }],
  }));
}

function compileScalarFilter(node: ast.ScalarFilter, context: CompileContext): Stage {
  const test = compileScalarTest(node, context);
  return keepSets(({ rows }) => test(rows, rows.length));
}

/** What a scalar filter says of spans that it keeps: the first `count` of `rows`. Undefined: it does not. */
export function compileScalarTest({ left, right, op }: ast.ScalarFilter, context: CompileContext): Measure {
  // validate.ts lets nothing else through.
  if (left.type !== 'aggregate' || right.type !== 'static') throw makeExecutionError('scalar filter not supported');
  const measure = compileAggregate(left, context);
  const holds = makeComparison(op, right.value, context.regexes);
  return (rows, count) => {
    const found = measure(rows, count);
    return found && holds(found.value) ? found : undefined;
  };
}

/** Undefined for spans without any value, which are dropped. */
type Measure = (rows: ArrayLike<number>, count: number) => SetAttribute | undefined;

// What is measured stays with the set.
function keepSets(measure: (set: Spanset) => SetAttribute | undefined): Stage {
  return (input) => {
    const output: Spanset[] = [];
    for (const set of input) {
      const found = measure(set);
      if (found) output.push({ ...set, attributes: [...set.attributes, found] });
    }
    return output;
  };
}

// Named like the aggregate.
function compileAggregate(node: ast.Aggregate, context: CompileContext): Measure {
  const { op, expression } = node;
  const name = printAsServer(node);
  const aggregate = makeAggregate(op, {
    read: expression ? compileValue(expression, context) : () => nil,
    column: expression?.type === 'attribute' ? numbersOf(context.field(expression.ref), context.source) : undefined,
  });
  return (rows, count) => {
    const value = aggregate(rows, count);
    return value && { name, value };
  };
}
