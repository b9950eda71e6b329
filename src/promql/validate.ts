// Types and other rules that the grammar cannot say. Runs once over a parsed tree, in the order of the text, and stops at
// the first violation, as Prometheus does.
import type { BinaryExpr, Call, Expr, Span, ValueType, VectorSelector } from './ast.ts';
import { signatures } from './function-signatures.ts';
import { metricNameLabel } from './labels.ts';
import { refuse } from './parse-error.ts';

/** The type of an expression's value. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.type) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vectorSelector':
    case 'aggregation':
      return 'vector';
    case 'matrixSelector':
    case 'subquery':
      return 'matrix';
    case 'call':
      return signatures[expr.name].returns;
    case 'binary':
      return typeOf(expr.lhs) === 'scalar' && typeOf(expr.rhs) === 'scalar' ? 'scalar' : 'vector';
    default:
      return typeOf(expr.expr);
  }
}

/** How Prometheus's messages call a type. */
export function describeType(type: ValueType): string {
  return { scalar: 'scalar', string: 'string', vector: 'instant vector', matrix: 'range vector' }[type];
}

/**
 * Checks a tree and returns it with what only types can tell filled in (which binary operations match vectors).
 * @throws QueryError of kind `invalid`
 */
export function checkTypes(query: string, expr: Expr): Expr {
  return new Checker(query).check(expr);
}

const setOperators = ['and', 'or', 'unless'];
const comparisons = ['==', '!=', '<', '>', '<=', '>='];
const scalarParams = ['topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio'];

class Checker {
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  check(expr: Expr): Expr {
    switch (expr.type) {
      case 'vectorSelector':
        return this.#checkSelector(expr, { needsMatcher: true });
      case 'matrixSelector':
        this.#checkSelector(expr.selector, { needsMatcher: true });
        return expr;
      case 'call':
        return this.#checkCall(expr);
      case 'binary':
        return this.#checkBinary(expr);
      case 'aggregation':
        return this.#checkAggregation(expr);
      case 'unary':
        return this.#checkUnary(expr);
      case 'subquery':
        return this.#checkSubquery(expr);
      case 'paren':
        return { ...expr, expr: this.check(expr.expr) };
      default:
        return expr;
    }
  }

  #checkAggregation(expr: Extract<Expr, { type: 'aggregation' }>): Expr {
    const inner = this.check(expr.expr);
    this.#expectType(inner, 'vector', 'aggregation expression');
    let param = expr.param;
    if (param !== undefined) {
      param = this.check(param);
      this.#expectType(param, scalarParams.includes(expr.op) ? 'scalar' : 'string', 'aggregation parameter');
    }
    return { ...expr, expr: inner, param };
  }

  #checkUnary(expr: Extract<Expr, { type: 'unary' }>): Expr {
    const inner = this.check(expr.expr);
    const type = typeOf(inner);
    if (type !== 'scalar' && type !== 'vector') {
      const where = 'unary expression only allowed on expressions of type scalar or instant vector';
      this.#fail(expr, `${where}, got ${JSON.stringify(describeType(type))}`);
    }
    return { ...expr, expr: inner };
  }

  #checkSubquery(expr: Extract<Expr, { type: 'subquery' }>): Expr {
    const inner = this.check(expr.expr);
    const type = typeOf(inner);
    if (type !== 'vector') this.#fail(expr, `subquery is only allowed on instant vector, got ${type} instead`);
    return { ...expr, expr: inner };
  }

  #checkSelector(selector: VectorSelector, { needsMatcher }: { needsMatcher: boolean }): Expr {
    if (selector.name !== '') {
      const twice = selector.matchers.slice(0, -1).find((matcher) => matcher.name === metricNameLabel);
      if (twice) {
        const names = `${JSON.stringify(selector.name)} or ${JSON.stringify(twice.value)}`;
        this.#fail(selector, `metric name must not be set twice: ${names}`);
      }
    } else if (needsMatcher && selector.matchers.every((matcher) => matcher.matches(''))) {
      this.#fail(selector, 'vector selector must contain at least one non-empty matcher');
    }
    return selector;
  }

  #checkCall(call: Call): Expr {
    const { args: types, optional } = signatures[call.name];
    this.#checkArgumentCount(call);
    if (call.name === 'info') this.#checkInfoSelector(call);
    const args = call.args.map((arg, i) => {
      const want = types[Math.min(i, types.length - 1)];
      if (want === undefined || (optional === 0 && i >= types.length)) return arg;
      const isInfoSelector = call.name === 'info' && i === 1 && arg.type === 'vectorSelector';
      const checked = isInfoSelector ? this.#checkSelector(arg, { needsMatcher: false }) : this.check(arg);
      this.#expectType(checked, want, `call to function ${JSON.stringify(call.name)}`);
      return checked;
    });
    return { ...call, args };
  }

  #checkArgumentCount(call: Call): void {
    const { args: types, optional } = signatures[call.name];
    const most = types.length;
    const got = call.args.length;
    const say = (rule: string) =>
      this.#fail(call, `expected ${rule} argument(s) in call to "${call.name}", got ${got}`);
    if (optional === 0) {
      if (got !== most) say(`${most}`);
    } else if (got < most - 1) say(`at least ${most - 1}`);
    else if (optional !== 'any' && got > most - 1 + optional) say(`at most ${most - 1 + optional}`);
  }

  #checkInfoSelector(call: Call): void {
    const selector = call.args[1];
    if (selector === undefined) return;
    this.#expectType(selector, 'vector', 'call to function "info"', call);
    if (selector.type !== 'vectorSelector') this.#fail(selector, 'expected label selectors only');
    else if (selector.name !== '') {
      this.#fail(selector, 'expected label selectors only, got vector selector instead');
    }
  }

  #checkBinary(expr: BinaryExpr): Expr {
    const lhs = this.check(expr.lhs);
    const rhs = this.check(expr.rhs);
    const types = [typeOf(lhs), typeOf(rhs)] as const;
    const isSet = setOperators.includes(expr.op);
    const isComparison = comparisons.includes(expr.op);
    if (expr.returnBool && !isComparison) {
      this.#fail(this.#operatorSpan(expr), 'bool modifier can only be used on comparison operators');
    }
    if (isComparison && !expr.returnBool && types[0] === 'scalar' && types[1] === 'scalar') {
      this.#fail(this.#operatorSpan(expr), 'comparisons between scalars must use BOOL modifier');
    }
    const checked = { ...expr, lhs, rhs };
    const matching = this.#checkMatching(checked, isSet);
    if (isSet && types.includes('scalar')) {
      this.#fail(expr, `set operator ${JSON.stringify(expr.op)} not allowed in binary scalar expression`);
    }
    return { ...checked, matching };
  }

  #checkMatching(expr: BinaryExpr, isSet: boolean): BinaryExpr['matching'] {
    const { matching, lhs, rhs } = expr;
    const both = matching?.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
    if (both !== undefined) {
      const message = `label ${JSON.stringify(both)} must not occur in ON and GROUP clause at once`;
      this.#fail(this.#operatorSpan(expr), message);
    }
    for (const side of [lhs, rhs]) {
      if (typeOf(side) === 'scalar' || typeOf(side) === 'vector') continue;
      this.#fail(side, 'binary expression must contain only scalar and instant vector types');
    }
    if (matching === undefined) return undefined;
    const fills = matching.fillLeft !== undefined || matching.fillRight !== undefined;
    if (typeOf(lhs) !== 'vector' || typeOf(rhs) !== 'vector') {
      if (matching.labels.length > 0) this.#fail(expr, 'vector matching only allowed between instant vectors');
      if (fills) this.#fail(expr, 'filling in missing series only allowed between instant vectors');
      return undefined;
    }
    if (!isSet) return matching;
    if (matching.card !== 'one-to-one') {
      this.#fail(expr, `no grouping allowed for ${JSON.stringify(expr.op)} operation`);
    }
    if (fills) this.#fail(expr, 'filling in missing series not allowed for set operators');
    return { ...matching, card: 'many-to-many' };
  }

  /** The text between the operands, without the space around it. */
  #operatorSpan({ lhs, rhs }: BinaryExpr): Span {
    const between = this.#query.slice(lhs.end, rhs.start);
    return { start: lhs.end + (between.length - between.trimStart().length), end: rhs.start };
  }

  #expectType(expr: Expr, want: ValueType, where: string, at: Span = expr): void {
    const got = typeOf(expr);
    if (got !== want) this.#fail(at, `expected type ${describeType(want)} in ${where}, got ${describeType(got)}`);
  }

  #fail({ start, end }: Span, message: string): never {
    throw refuse(this.#query, { kind: 'invalid', message, start, end });
  }
}
