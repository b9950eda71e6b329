// Prints long queries over several lines, indented; short ones as `print` does. The layout is that of Loki's formatter.

import { formatPrometheusDuration } from '../std/go-duration.ts';
import { formatGoFixed } from '../std/go-strconv.ts';
import { quoteGoString } from '../std/go-string.ts';
import type { Expr, LogExpr, LogRange, MetricExpr } from './ast.ts';
import { print, printGrouping, printModifier, printOffset, printSelector, printStage, printUnwrap } from './print.ts';

const maxLineChars = 100;

/** Prints a query, breaking what is longer than a line. */
export function printPretty(expr: Expr): string {
  return layOut(expr, 0);
}

function layOut(expr: Expr, level: number): string {
  const line = indent(level) + print(expr);
  if (line.length <= maxLineChars) return line;
  if (expr.kind === 'log') return layOutLog(expr, level);
  if (expr.kind === 'variants') return line;
  return layOutMetric(expr, level);
}

function layOutLog({ matchers, stages }: LogExpr, level: number): string {
  return [
    indent(level) + printSelector(matchers),
    ...stages.map((stage) => indent(level + 1) + printStage(stage)),
  ].join('\n');
}

function layOutMetric(expr: MetricExpr, level: number): string {
  const pad = indent(level);
  switch (expr.kind) {
    case 'range_aggregation': {
      const parameter = expr.parameter === undefined ? '' : `${indent(level + 1)}${formatGoFixed(expr.parameter)},\n`;
      const grouping = expr.grouping ? ` ${printGrouping(expr.grouping)}` : '';
      return `${pad}${expr.op}(\n${parameter}${layOutRange(expr.range, level + 1)}\n${pad})${grouping}`;
    }
    case 'vector_aggregation': {
      const parameter = expr.parameter === undefined ? '' : `${indent(level + 1)}${expr.parameter},\n`;
      const grouping = expr.grouping ? ` ${printGrouping(expr.grouping)} ` : '';
      return `${pad}${expr.op}${grouping}(\n${parameter}${layOut(expr.inner, level + 1)}\n${pad})`;
    }
    case 'binary': {
      const operator = `${pad}${expr.op}${printModifier(expr)}`;
      return `${layOutOperand(expr.left, level + 1)}\n${operator}\n${layOutOperand(expr.right, level + 1)}`;
    }
    case 'label_replace': {
      const texts = [expr.target, expr.replacement, expr.source, expr.pattern].map(
        (text) => indent(level + 1) + quoteGoString(text),
      );
      return `${pad}label_replace(\n${layOut(expr.inner, level + 1)},\n${texts.join(',\n')}\n${pad})`;
    }
    default:
      return pad + print(expr);
  }
}

// An operation within an operation keeps its parentheses, or it would bind otherwise.
function layOutOperand(expr: MetricExpr, level: number): string {
  const text = layOut(expr, level);
  if (expr.kind !== 'binary' || !text.includes('\n')) return text;
  return `${indent(level)}(\n${layOut(expr, level + 1)}\n${indent(level)})`;
}

function layOutRange(range: LogRange, level: number): string {
  const unwrap = range.unwrap ? `\n${indent(level + 1)}${printUnwrap(range.unwrap)}` : '';
  const tail = ` [${formatPrometheusDuration(range.rangeNs)}]${printOffset(range)}`;
  return `${layOutLog(range.log, level)}${unwrap}${tail}`;
}

function indent(level: number): string {
  return '  '.repeat(level);
}
