// Syntax tree → text in the form Prometheus itself prints. Parsing the text gives the tree again.

import { formatGoFixed, formatGoGeneral } from '../std/go-strconv.ts';
import { quoteGoString } from '../std/go-string.ts';
import type {
  Aggregation,
  BinaryExpr,
  DurationExpr,
  DurationNode,
  Expr,
  MatrixSelector,
  NumberLiteral,
  Subquery,
  TimeModifiers,
  VectorSelector,
} from './ast.ts';
import { formatDuration } from './duration.ts';
import { metricNameLabel, quoteLabelName } from './labels.ts';
import { printMatcher } from './matcher.ts';

/** One line. */
export function printExpr(expr: Expr): string {
  switch (expr.type) {
    case 'number':
      return printNumber(expr);
    case 'string':
      // A replacement character cannot be written as itself: the lexer takes it for broken UTF-8.
      return quoteGoString(expr.value).replaceAll('\ufffd', '\\ufffd');
    case 'vectorSelector':
      return printSelector(expr);
    case 'matrixSelector':
      return printMatrixSelector(expr);
    case 'subquery':
      return `${printExpr(expr.expr)}${printSubquerySuffix(expr)}`;
    case 'call':
      return `${expr.name}(${expr.args.map(printExpr).join(', ')})`;
    case 'aggregation':
      return `${printAggregationHead(expr)}(${listAggregationArgs(expr).map(printExpr).join(', ')})`;
    case 'binary':
      return `${printExpr(expr.lhs)} ${printOperator(expr)} ${printExpr(expr.rhs)}`;
    case 'unary':
      return `${expr.op}${printExpr(expr.expr)}`;
    case 'paren':
      return `(${printExpr(expr.expr)})`;
    case 'stepInvariant':
      return printExpr(expr.expr);
  }
}

const lineWidth = 100;

/** Breaks and indents what is longer than 100 characters, as `format_query` does. */
export function prettyPrintExpr(expr: Expr, level = 0): string {
  const indent = '  '.repeat(level);
  const line = printExpr(expr);
  // Prometheus measures bytes.
  const fits = Buffer.byteLength(line) <= lineWidth;
  const below = (child: Expr) => prettyPrintExpr(child, level + 1);
  switch (expr.type) {
    case 'aggregation':
      if (fits) return indent + line;
      return `${indent}${printAggregationHead(expr)}(\n${listAggregationArgs(expr).map(below).join(',\n')}\n${indent})`;
    case 'binary':
      if (fits) return indent + line;
      return `${below(expr.lhs)}\n${indent}${printOperator(expr)}\n${below(expr.rhs)}`;
    case 'call':
      if (fits) return indent + line;
      return `${indent}${expr.name}(\n${expr.args.map(below).join(',\n')}\n${indent})`;
    case 'paren':
      return fits ? indent + line : `${indent}(\n${below(expr.expr)}\n${indent})`;
    case 'subquery':
      // Not indented when it fits: so it is in Prometheus.
      return fits ? line : `${prettyPrintExpr(expr.expr, level)}${printSubquerySuffix(expr)}`;
    case 'unary':
      return `${indent}${expr.op}${prettyPrintExpr(expr.expr, level).trim()}`;
    default:
      return indent + line;
  }
}

function printNumber({ value, isDuration }: NumberLiteral): string {
  if (!isDuration) return formatGoFixed(value);
  return value < 0 ? `-${formatDuration(-value * 1000)}` : formatDuration(value * 1000);
}

function printSelector(selector: VectorSelector, modifiers = printSelectorModifiers(selector)): string {
  const { name, matchers } = selector;
  const isImplied = (m: VectorSelector['matchers'][number]) =>
    m.name === metricNameLabel && m.type === '=' && m.value === name && name !== '';
  const conditions = matchers.filter((m) => !isImplied(m)).map(printMatcher);
  // Code unit order would differ from Go's only beyond the basic plane, where both are stable.
  conditions.sort();
  return `${name}${conditions.length > 0 ? `{${conditions.join(',')}}` : ''}${modifiers}`;
}

function printSelectorModifiers(selector: VectorSelector): string {
  return `${printAt(selector)}${printExtension(selector)}${printOffset(selector)}`;
}

function printMatrixSelector({ selector, rangeMs, rangeExpr }: MatrixSelector): string {
  const range = rangeExpr ? printDurationExpr(rangeExpr) : formatDuration(rangeMs);
  const modifiers = `${printExtension(selector)}${printAt(selector)}${printOffset(selector)}`;
  return `${printSelector(selector, '')}[${range}]${modifiers}`;
}

function printSubquerySuffix(subquery: Subquery): string {
  const { rangeMs, rangeExpr, stepMs, stepExpr } = subquery;
  const range = rangeExpr ? printDurationExpr(rangeExpr) : formatDuration(rangeMs);
  const step = stepExpr ? printDurationExpr(stepExpr) : stepMs === 0 ? '' : formatDuration(stepMs);
  return `[${range}:${step}]${printAt(subquery)}${printOffset(subquery)}`;
}

function printExtension({ extension }: VectorSelector): string {
  return extension ? ` ${extension}` : '';
}

function printAt({ timestampMs, startOrEnd }: TimeModifiers): string {
  if (timestampMs !== undefined && startOrEnd === undefined) return ` @ ${(timestampMs / 1000).toFixed(3)}`;
  return startOrEnd === undefined ? '' : ` @ ${startOrEnd}()`;
}

function printOffset({ offsetMs, offsetExpr }: TimeModifiers): string {
  if (offsetExpr) return ` offset ${printDurationExpr(offsetExpr)}`;
  if (offsetMs === 0) return '';
  return offsetMs > 0 ? ` offset ${formatDuration(offsetMs)}` : ` offset -${formatDuration(-offsetMs)}`;
}

function printDurationExpr(expr: DurationExpr): string {
  const { op, lhs, rhs } = expr;
  const side = (node: DurationNode | undefined) =>
    node === undefined ? '' : node.type === 'number' ? printNumber(node) : printDurationExpr(node);
  const text = printDurationOperation(op, side(lhs), side(rhs));
  return expr.wrapped ? `(${text})` : text;
}

function printDurationOperation(op: DurationExpr['op'], lhs: string, rhs: string): string {
  if (op === 'step' || op === 'range') return `${op}()`;
  if (op === 'min_of' || op === 'max_of') return `${op}(${lhs}, ${rhs})`;
  if (lhs === '') return op === '-' ? `-${rhs}` : rhs;
  return `${lhs} ${op} ${rhs}`;
}

function listAggregationArgs({ expr, param }: Aggregation): Expr[] {
  return param === undefined ? [expr] : [param, expr];
}

function printAggregationHead({ op, grouping, without }: Aggregation): string {
  if (without) return `${op} without (${printLabelList(grouping)}) `;
  return grouping.length > 0 ? `${op} by (${printLabelList(grouping)}) ` : op;
}

function printLabelList(labels: readonly string[]): string {
  return labels.map(quoteLabelName).join(', ');
}

/** The operator with everything between the operands: `bool`, `on (…)`, `group_left (…)`, `fill (…)`. */
function printOperator({ op, returnBool, matching }: BinaryExpr): string {
  let out: string = returnBool ? `${op} bool` : op;
  if (matching === undefined) return out;
  const { card, labels, on, include, fillLeft, fillRight } = matching;
  const grouped = card === 'many-to-one' || card === 'one-to-many';
  if (labels.length > 0 || on || grouped) out += ` ${on ? 'on' : 'ignoring'} (${printLabelList(labels)})`;
  if (grouped) out += ` group_${card === 'many-to-one' ? 'left' : 'right'} (${printLabelList(include)})`;
  if (fillLeft !== undefined && fillLeft === fillRight) return `${out} fill (${formatGoGeneral(fillLeft)})`;
  if (fillLeft !== undefined) out += ` fill_left (${formatGoGeneral(fillLeft)})`;
  if (fillRight !== undefined) out += ` fill_right (${formatGoGeneral(fillRight)})`;
  return out;
}
