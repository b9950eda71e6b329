// The filter of Tempo's tag endpoints. Tempo uses it only where it is one span filter whose conditions name their scope,
// and otherwise answers about everybody's spans without a word: so of the filter only what surely counts is kept, and what
// is left out makes the suggestions wider, within the stack.
import { QueryError } from '../../../errors/query-error.ts';
import type * as ast from '../../../traceql/ast.ts';
import { parseTraceql } from '../../../traceql/parser.ts';
import { printTraceql } from '../../../traceql/print.ts';
import { completeQuery } from '../../api/tempo/unfinished-query.ts';
import { printStackCondition, selectStackSpans } from '../../narrow/traceql.ts';

/** The filter with the stack's condition in it. */
export function narrowTagFilter(text: string, stackId: string): string {
  const conditions = readConditions(text).filter(surelyCounts).map(printCondition);
  if (conditions.length === 0) return selectStackSpans(stackId);
  return `{ ${[...conditions, printStackCondition(stackId)].join(' && ')} }`;
}

/** Conditions that all have to hold; none where the text is no single filter, such as one that is being typed. */
function readConditions(text: string): readonly ast.FieldExpression[] {
  for (const candidate of [text, completeQuery(text)]) {
    try {
      const [first] = parseTraceql(candidate).pipeline.elements;
      return first?.type === 'filter' ? splitAnd(first.expression) : [];
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
    }
  }
  return [];
}

function splitAnd(node: ast.FieldExpression): readonly ast.FieldExpression[] {
  if (node.type !== 'binary' || node.op !== '&&') return [node];
  return [...splitAnd(node.left), ...splitAnd(node.right)];
}

const comparisons: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=', '=~', '!~']);
const scopes: ReadonlySet<string> = new Set(['span', 'resource']);

function surelyCounts(node: ast.FieldExpression): boolean {
  if (node.type !== 'binary' || !comparisons.has(node.op)) return false;
  const { left, right } = node;
  if (left.type !== 'attribute' || right.type !== 'static') return false;
  return !left.ref.parent && (left.ref.intrinsic !== undefined || scopes.has(left.ref.scope));
}

function printCondition(expression: ast.FieldExpression): string {
  const { start, end } = expression;
  const filter: ast.SpansetFilter = { type: 'filter', expression, start, end };
  const pipeline: ast.Pipeline = { type: 'pipeline', elements: [filter], start, end };
  const text = printTraceql({ pipeline, metrics: undefined, secondStages: [], hints: undefined });
  return text.replace(/^\{ | \}$/g, '');
}
