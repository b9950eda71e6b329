// What the grammar allows but TraceQL does not mean, or Tempo does not do: checked before anything is run.
import type { QueryError } from '../errors/query-error.ts';
import type * as ast from './ast.ts';
import { makeInvalid } from './errors.ts';
import { printAsServer } from './print.ts';
import { foldConstants } from './simplify.ts';
import { describeType, impliedType, referencesSpan, validateExpression } from './types.ts';
import { isMatchingOperand, isNumeric, isOperatorValid } from './values.ts';

const maxGroupBys = 5;

/** Checks a parsed query. @throws QueryError of kind invalid; serverText is Tempo's */
export function validateTraceql(query: ast.Query, text: string): void {
  const problem = findProblem(foldConstants(query), text);
  if (problem) throw problem;
}

function findProblem(query: ast.Query, text: string): QueryError | undefined {
  return (
    validatePipeline(query.pipeline, text) ??
    (query.metrics && validateMetrics(query.metrics, text)) ??
    firstOf(query.secondStages, (stage) => validateSecondStage(stage, text)) ??
    validateCompareAlone(query, text)
  );
}

function firstOf<T>(items: readonly T[], check: (item: T) => QueryError | undefined): QueryError | undefined {
  for (const item of items) {
    const problem = check(item);
    if (problem) return problem;
  }
  return undefined;
}

function validatePipeline(pipeline: ast.Pipeline, text: string): QueryError | undefined {
  return firstOf(pipeline.elements, (element) => validateElement(element, text));
}

function validateElement(node: ast.PipelineElement, text: string): QueryError | undefined {
  switch (node.type) {
    case 'by':
      return validateGroup(node, text);
    case 'coalesce':
      return undefined;
    case 'select':
      return firstOf(node.attributes, (attribute) => validateExpression(attribute, text));
    case 'aggregate':
      return validateAggregate(node, text);
    case 'scalarFilter':
      return validateScalarFilter(node, text);
    default:
      return validateSpanset(node, text);
  }
}

function validateSpanset(node: ast.SpansetExpression, text: string): QueryError | undefined {
  if (node.type === 'pipeline') return validatePipeline(node, text);
  if (node.type === 'spansetOperation') return validateSpanset(node.left, text) ?? validateSpanset(node.right, text);
  return validateFilter(node, text);
}

function validateFilter(node: ast.SpansetFilter, text: string): QueryError | undefined {
  const inner = validateExpression(node.expression, text);
  if (inner) return inner;
  const type = impliedType(node.expression);
  if (type === 'attribute' || type === 'boolean') return undefined;
  return makeInvalid(text, node.expression, {
    message: `a span filter must be true or false; this is ${describeType(type)}`,
    serverText: `span filter field expressions must resolve to a boolean: ${printAsServer(node)}`,
  });
}

function validateGroup(node: ast.GroupOperation, text: string): QueryError | undefined {
  if (referencesSpan(node.expression)) return validateExpression(node.expression, text);
  const printed = printAsServer(node);
  return makeInvalid(text, node, {
    message: `${printed} puts every span into one group: name an attribute in it`,
    serverText: `grouping field expressions must reference the span: ${printed}`,
  });
}

function validateAggregate(node: ast.Aggregate, text: string): QueryError | undefined {
  if (!node.expression) return undefined;
  const inner = validateExpression(node.expression, text);
  if (inner) return inner;
  const type = impliedType(node.expression);
  const printed = printAsServer(node);
  if (type !== 'attribute' && !isNumeric(type))
    return makeInvalid(text, node, {
      message: `${node.op}() needs numbers; ${printed} is over ${describeType(type)}`,
      serverText: `aggregate field expressions must resolve to a number type: ${printed}`,
    });
  if (referencesSpan(node.expression)) return undefined;
  return makeInvalid(text, node, {
    message: `${printed} is the same for every span: name an attribute in it`,
    serverText: `aggregate field expressions must reference the span: ${printed}`,
  });
}

function validateScalar(node: ast.ScalarExpression, text: string): QueryError | undefined {
  if (node.type === 'static') return undefined;
  if (node.type === 'aggregate') return validateAggregate(node, text);
  if (node.type === 'pipeline') return validatePipeline(node, text);
  return validateScalar(node.left, text) ?? validateScalar(node.right, text) ?? validateScalarTypes(node, text);
}

function validateScalarTypes(node: ast.ScalarFilter | ast.ScalarOperation, text: string): QueryError | undefined {
  const left = impliedType(node.left);
  const right = impliedType(node.right);
  const printed = printAsServer(node);
  if (!isMatchingOperand(left, right))
    return makeInvalid(text, node, {
      message: `${printed} compares ${describeType(left)} with ${describeType(right)}`,
      serverText: `binary operations must operate on the same type: ${printed}`,
    });
  if (isOperatorValid(node.op, left) && isOperatorValid(node.op, right)) return undefined;
  return makeInvalid(text, node, {
    message: `${node.op} does not work on ${describeType(left)}: ${printed}`,
    serverText: `illegal operation for the given types: ${printed}`,
  });
}

// Tempo refuses all but `aggregate op number`, and its message has a placeholder that was never filled.
function validateScalarFilter(node: ast.ScalarFilter, text: string): QueryError | undefined {
  const inner = validateScalar(node.left, text) ?? validateScalar(node.right, text) ?? validateScalarTypes(node, text);
  if (inner) return inner;
  if (node.left.type === 'aggregate' && node.right.type === 'static') return undefined;
  const side = node.left.type === 'aggregate' ? 'rhs' : 'lhs';
  return makeInvalid(text, side === 'rhs' ? node.right : node.left, {
    message: 'TraceQL compares one aggregate with one number, the aggregate first; Tempo refuses anything else',
    serverText: `scalar filter ${side} of type (%v) not yet supported`,
  });
}

function validateMetrics(node: ast.MetricsAggregate | ast.MetricsCompare, text: string): QueryError | undefined {
  if (node.type === 'compare') return validateCompare(node, text);
  const reserved = reservedPlaces(node);
  const tooMany = node.by.length > maxGroupBys - reserved ? refuseGroups(node, text) : undefined;
  if (reserved && tooMany) return tooMany;
  const bad = node.quantiles.find((q) => q < 0 || q > 1);
  if (bad !== undefined)
    return makeInvalid(text, node, {
      message: `quantiles lie between 0 and 1; ${bad} does not`,
      serverText: `quantile must be between 0 and 1: ${bad}`,
    });
  return tooMany;
}

// These keep one place for their buckets or counts.
function reservedPlaces({ op }: ast.MetricsAggregate): number {
  return ['histogram_over_time', 'quantile_over_time', 'avg_over_time'].includes(op) ? 1 : 0;
}

function refuseGroups(node: ast.MetricsAggregate, text: string): QueryError {
  return makeInvalid(text, node, {
    message: `${node.op}() groups by ${maxGroupBys - reservedPlaces(node)} attributes at most, as Tempo's does; here are ${node.by.length}`,
    serverText: `metrics group by ${node.by.length} values not yet supported`,
  });
}

function validateCompare(node: ast.MetricsCompare, text: string): QueryError | undefined {
  const inner = validateFilter(node.filter, text);
  if (inner) return inner;
  const refuse = (message: string) => makeInvalid(text, node, { message, serverText: message });
  if (node.topN <= 0) return refuse('compare() top number of values must be integer greater than 0');
  if (!node.startNs && !node.endNs) return undefined;
  if (node.startNs <= 0 || node.endNs <= 0)
    return refuse('compare() timestamps must be positive integer unix nanoseconds');
  return node.endNs <= node.startNs
    ? refuse('compare() end timestamp must be greater than start timestamp')
    : undefined;
}

function validateSecondStage(node: ast.SecondStage, text: string): QueryError | undefined {
  if (node.type === 'metricsFilter' || node.limit > 0) return undefined;
  const message = 'limit must be greater than 0';
  return makeInvalid(text, node, { message, serverText: message });
}

function validateCompareAlone(query: ast.Query, text: string): QueryError | undefined {
  const [stage] = query.secondStages;
  if (query.metrics?.type !== 'compare' || !stage) return undefined;
  const message = '`compare()` cannot be used with second stage functions';
  return makeInvalid(text, stage, { message, serverText: message });
}
