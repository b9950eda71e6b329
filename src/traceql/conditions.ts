// Which attributes a query needs, and under which conditions its storage may leave spans or values out. Tempo's answers
// depend on this: `{ !(status = error) }` finds nothing, because only spans with status error are fetched for it. So the
// conditions are derived here as Tempo derives them, and visibility.ts applies them.
import type * as ast from './ast.ts';
import { intrinsicRef } from './parse-field.ts';
import { isSameRef } from './simplify.ts';
import type { Static } from './values.ts';

export type ConditionOp = ast.BinaryOp | ast.ArrayOp | 'any' | 'exists' | 'missing';

export interface Condition {
  readonly ref: ast.AttributeRef;
  /** `any`: every value is wanted. */
  readonly op: ConditionOp;
  readonly operand: Static | undefined;
}

export interface FetchRequest {
  /** What the filters are decided by. */
  readonly conditions: readonly Condition[];
  /** What is added to the spans that were found. */
  readonly secondPass: readonly Condition[];
  /** Storage may leave out spans that do not meet all conditions; otherwise it leaves out those that meet none. */
  readonly allConditions: boolean;
  /** compare() wants everything. */
  readonly selectAll: boolean;
  /** Bounds that structural operators read; being in the tree counts as a condition met. */
  readonly treeColumns: ReadonlySet<ast.Intrinsic>;
}

const treeColumnsByOp: Readonly<Record<string, readonly ast.Intrinsic[]>> = {
  '>': ['nestedSetLeft', 'nestedSetParent'],
  '<': ['nestedSetLeft', 'nestedSetParent'],
  '>>': ['nestedSetLeft', 'nestedSetRight'],
  '<<': ['nestedSetLeft', 'nestedSetRight'],
  '~': ['nestedSetParent'],
};

/** What a query (simplified) asks of the storage. */
export function extractConditions(query: ast.Query): FetchRequest {
  const collector = new Collector();
  collector.pipeline(query.pipeline);
  if (query.metrics) collector.metrics(query.metrics);
  return collector.result();
}

const logic: ReadonlySet<string> = new Set(['&&', '||']);
const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^']);

class Collector {
  private conditions: Condition[] = [];
  private secondPass: Condition[] = [];
  private allConditions = true;
  private selectAll = false;
  private readonly treeColumns = new Set<ast.Intrinsic>();
  /** After select() everything goes to the second pass. */
  private afterSelect = false;

  result(): FetchRequest {
    const { conditions, secondPass, allConditions, selectAll, treeColumns } = this;
    return { conditions, secondPass, allConditions, selectAll, treeColumns };
  }

  pipeline(pipeline: ast.Pipeline): void {
    const outer = this.afterSelect;
    for (const element of pipeline.elements) {
      this.element(element);
      if (element.type === 'select') this.afterSelect = true;
    }
    this.afterSelect = outer;
  }

  metrics(metrics: ast.MetricsAggregate | ast.MetricsCompare): void {
    if (metrics.type === 'compare') {
      this.selectAll = true;
      return;
    }
    const wanted = metrics.attribute?.ref;
    if (wanted && !this.has(wanted)) this.secondPass.push(any(wanted));
    for (const { ref } of metrics.by) {
      const known =
        this.allConditions || metrics.op === 'avg_over_time'
          ? this.has(ref)
          : this.secondPass.some((c) => isSameRef(c.ref, ref));
      if (!known) this.secondPass.push(any(ref));
    }
  }

  private has(ref: ast.AttributeRef): boolean {
    return [...this.conditions, ...this.secondPass].some((c) => isSameRef(c.ref, ref));
  }

  private add(condition: Condition): void {
    if (!this.afterSelect) this.conditions.push(condition);
    else if (!this.hasAny(condition.ref)) this.secondPass.push(condition);
  }

  private hasAny(ref: ast.AttributeRef): boolean {
    return [...this.conditions, ...this.secondPass].some((c) => c.op === 'any' && isSameRef(c.ref, ref));
  }

  private clearAllConditions(): void {
    if (!this.afterSelect) this.allConditions = false;
  }

  private element(element: ast.PipelineElement): void {
    switch (element.type) {
      case 'coalesce':
        return;
      case 'select':
        for (const { ref } of element.attributes) this.secondPass.push(any(ref));
        return;
      case 'by':
        this.expression(element.expression);
        this.clearAllConditions();
        return;
      case 'scalarFilter':
        this.scalar(element.left);
        this.scalar(element.right);
        return;
      case 'aggregate':
        this.scalar(element);
        return;
      default:
        this.spanset(element);
    }
  }

  private spanset(node: ast.SpansetExpression): void {
    if (node.type === 'pipeline') this.pipeline(node);
    else if (node.type === 'filter') this.filter(node);
    else {
      for (const column of treeColumnsByOp[node.op.replace(/^[!&]/, '')] ?? []) this.treeColumns.add(column);
      this.spanset(node.left);
      this.spanset(node.right);
      this.clearAllConditions();
    }
  }

  // `{ }` matches every span: unless something else is fetched for all of them, their start time is.
  private filter({ expression }: ast.SpansetFilter): void {
    this.expression(expression);
    const matchesAll = expression.type === 'static' && expression.value.type === 'boolean' && expression.value.value;
    if (!matchesAll) return;
    const known =
      this.treeColumns.size > 0 || this.conditions.some((c) => c.ref.intrinsic !== undefined && c.op === 'any');
    if (!known) this.add(any(intrinsicRef('spanStartTime')));
  }

  private scalar(node: ast.ScalarExpression): void {
    if (node.type === 'static') return;
    if (node.type === 'pipeline') {
      this.pipeline(node);
      return;
    }
    if (node.type === 'aggregate') {
      this.clearAllConditions();
      if (node.expression) this.expression(node.expression);
      return;
    }
    this.scalar(node.left);
    this.scalar(node.right);
  }

  private expression(node: ast.FieldExpression): void {
    if (node.type === 'attribute') this.add(any(node.ref));
    else if (node.type === 'binary') this.binary(node);
    else if ('operand' in node) this.unary(node);
  }

  private unary(node: ast.Unary | ast.Existence): void {
    if (node.operand.type !== 'attribute') this.expression(node.operand);
    else if (node.type === 'unary') this.add(any(node.operand.ref));
    else this.add({ ref: node.operand.ref, op: node.type, operand: undefined });
  }

  private binary(node: ast.Binary): void {
    const { left, right, op } = node;
    if (left.type === 'attribute') {
      if (right.type === 'static') this.comparison(left.ref, op, right.value);
      else {
        this.add(any(left.ref));
        this.expression(right);
      }
    } else if (left.type === 'static') {
      // The operator is not turned round, so `200 < span.x` fetches `span.x < 200`.
      if (right.type === 'attribute') this.comparison(right.ref, op, left.value);
      else this.expression(right);
    } else {
      this.expression(left);
      this.expression(right);
      if (op === '||') this.clearAllConditions();
    }
  }

  private comparison(ref: ast.AttributeRef, op: Condition['op'], operand: Static): void {
    const isPlain = arithmetic.has(op) || (operand.type === 'boolean' && logic.has(op));
    this.add(isPlain ? any(ref) : { ref, op, operand });
  }
}

/** A condition that every value meets. */
export function any(ref: ast.AttributeRef): Condition {
  return { ref, op: 'any', operand: undefined };
}
