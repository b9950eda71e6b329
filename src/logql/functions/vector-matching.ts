// Binary operators between two vectors: which samples belong together, what labels the result has, and set operators.
import { QueryError } from '../../errors/query-error.ts';
import type { BinaryExpr, BinaryOp } from '../ast.ts';
import { keyOfLabels, type Labels, labelValue, makeLabels, type Sample } from '../values.ts';
import { applyOperator, isComparison } from './operators.ts';

/** Combines two vectors. @throws QueryError when labels match more than one sample. */
export class VectorMatcher {
  readonly #expr: BinaryExpr;
  readonly #signatures = new Map<Labels, string>();

  constructor(expr: BinaryExpr) {
    this.#expr = expr;
  }

  combine(left: readonly Sample[], right: readonly Sample[]): Sample[] {
    const setOperator = setOperators[this.#expr.op];
    if (setOperator) return setOperator(left, right, (sample) => this.#signature(sample.labels));
    return this.#combineArithmetic(left, right);
  }

  #combineArithmetic(left: readonly Sample[], right: readonly Sample[]): Sample[] {
    const { op, returnBool, matching } = this.#expr;
    const card = matching?.card ?? 'one-to-one';
    const swapped = card === 'one-to-many';
    const [many, one] = swapped ? [right, left] : [left, right];
    const ones = new Map<string, Sample>();
    for (const sample of one) {
      const key = this.#signature(sample.labels);
      if (ones.has(key)) throw this.#refuseDuplicate(swapped ? 'left' : 'right');
      ones.set(key, sample);
    }
    const seen = new Map<string, Set<string>>();
    const out: Sample[] = [];
    for (const sample of many) {
      const key = this.#signature(sample.labels);
      const partner = ones.get(key);
      if (!partner) continue;
      const [a, b] = swapped ? [partner.value, sample.value] : [sample.value, partner.value];
      const value = compute(op, a, b, returnBool);
      if (value === undefined) continue;
      const labels = this.#resultLabels(sample.labels, partner.labels);
      this.#checkUnique(seen, key, labels);
      out.push({ labels, value });
    }
    return out;
  }

  #checkUnique(seen: Map<string, Set<string>>, key: string, labels: Labels): void {
    const card = this.#expr.matching?.card ?? 'one-to-one';
    const before = seen.get(key);
    const resultKey = keyOfLabels(labels);
    if (before && card === 'one-to-one') {
      throw this.#fail('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)');
    }
    if (before?.has(resultKey))
      throw this.#fail('multiple matches for labels: grouping labels must ensure unique matches');
    if (before) before.add(resultKey);
    else seen.set(key, new Set([resultKey]));
  }

  #resultLabels(many: Labels, one: Labels): Labels {
    const { matching } = this.#expr;
    if (!matching) return many;
    if (matching.card === 'one-to-one') return many.filter(([name]) => matching.labels.includes(name) === matching.on);
    const kept = many.filter(([name]) => !matching.include.includes(name));
    const included = matching.include.map((name) => [name, labelValue(one, name)] as const);
    return makeLabels([...kept, ...included.filter(([, value]) => value !== '')]);
  }

  #signature(labels: Labels): string {
    let signature = this.#signatures.get(labels);
    if (signature === undefined) {
      const { matching } = this.#expr;
      const kept = matching ? labels.filter(([name]) => matching.labels.includes(name) === matching.on) : labels;
      signature = keyOfLabels(kept);
      this.#signatures.set(labels, signature);
    }
    return signature;
  }

  #refuseDuplicate(side: 'left' | 'right'): QueryError {
    return this.#fail(
      `found duplicate series on the ${side} hand-side;many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }

  #fail(text: string): QueryError {
    const { start, end } = this.#expr;
    return new QueryError({
      language: 'logql',
      kind: 'execution',
      message: text,
      serverText: text,
      start,
      end,
      httpStatus: 500,
    });
  }
}

/** The result for one pair; undefined when a comparison filters it out. A filter keeps the left value. */
export function compute(op: BinaryOp, left: number, right: number, returnBool: boolean): number | undefined {
  const value = applyOperator(op, left, right);
  if (returnBool || !isComparison(op)) return value;
  return value === 1 ? left : undefined;
}

type Key = (sample: Sample) => string;
type SetOperator = (left: readonly Sample[], right: readonly Sample[], key: Key) => Sample[];

const setOperators: Readonly<Partial<Record<BinaryOp, SetOperator>>> = {
  and: (left, right, key) => {
    const keys = new Set(right.map(key));
    return left.filter((sample) => keys.has(key(sample)));
  },
  unless: (left, right, key) => {
    const keys = new Set(right.map(key));
    return left.filter((sample) => !keys.has(key(sample)));
  },
  or: (left, right, key) => {
    const keys = new Set(left.map(key));
    return [...left, ...right.filter((sample) => !keys.has(key(sample)))];
  },
};
