// Binary operators on two single values: what comes out, and whether a comparison lets it through.
import { type Annotation, annotate } from '../annotations.ts';
import type { BinaryExpr, BinaryOperator } from '../ast.ts';
import { addHistograms, IncompatibleHistograms, subtractHistograms } from '../histogram/combine.ts';
import { compact, divide, equalHistograms, type FloatHistogram, scale } from '../histogram/float-histogram.ts';
import { trimBuckets } from '../histogram/trim.ts';
import type { Session } from '../selection/session.ts';

type FloatOperator = (a: number, b: number) => number;
type FloatTest = (a: number, b: number) => boolean;

/** Operators that compute a new float. */
export const arithmetic: Partial<Record<BinaryOperator, FloatOperator>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: Math.atan2,
};

/** Operators that let the left value through or not. */
export const comparisons: Partial<Record<BinaryOperator, FloatTest>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

// Go: 1 to any power is 1, and -1 to an infinite one; JavaScript says NaN.
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b;
}

/** A float, or a histogram with `float` ignored. */
export interface Element {
  float: number;
  histogram: FloatHistogram | undefined;
}

/** The result of one operation. `keep`: a comparison held, or the operator is no comparison. */
export interface Outcome extends Element {
  keep: boolean;
}

/** Applies an operator of a query, writing into one reused outcome; false if the types do not go together. */
export class ElementOperator {
  readonly outcome: Outcome = { float: 0, histogram: undefined, keep: false };
  /** The last thing to say about an operation; whoever loops adds it to the annotations once per step. */
  pending: Annotation | undefined;
  readonly #expr: BinaryExpr;
  readonly #compute: FloatOperator | undefined;
  readonly #test: FloatTest | undefined;

  constructor(expr: BinaryExpr) {
    this.#expr = expr;
    this.#compute = arithmetic[expr.op];
    this.#test = comparisons[expr.op];
  }

  /** Two floats. */
  applyFloats(a: number, b: number): boolean {
    const { outcome } = this;
    outcome.histogram = undefined;
    if (this.#compute) {
      outcome.float = this.#compute(a, b);
      outcome.keep = true;
    } else if (this.#test) {
      outcome.float = a;
      outcome.keep = this.#test(a, b);
    } else return this.#refuse('float', 'float');
    return true;
  }

  apply(a: Element, b: Element): boolean {
    if (a.histogram && b.histogram) return this.#applyHistograms(a.histogram, b.histogram);
    if (a.histogram) return this.#applyHistogramFloat(a.histogram, b.float);
    if (b.histogram) return this.#applyFloatHistogram(a.float, b.histogram);
    return this.applyFloats(a.float, b.float);
  }

  /** Adds what is pending to the annotations. */
  flush(session: Session): void {
    if (this.pending) session.annotations.add(this.pending, this.#expr);
    this.pending = undefined;
  }

  #applyFloatHistogram(a: number, b: FloatHistogram): boolean {
    if (this.#expr.op !== '*') return this.#refuse('float', 'histogram');
    return this.#keep(compact(scale(b, a)));
  }

  #applyHistogramFloat(a: FloatHistogram, b: number): boolean {
    switch (this.#expr.op) {
      case '*':
        return this.#keep(compact(scale(a, b)));
      case '/':
        return this.#keep(compact(divide(a, b)));
      case '</':
        return this.#keep(trimBuckets(a, b, 'upper'));
      case '>/':
        return this.#keep(trimBuckets(a, b, 'lower'));
      default:
        return this.#refuse('histogram', 'float');
    }
  }

  #applyHistograms(a: FloatHistogram, b: FloatHistogram): boolean {
    switch (this.#expr.op) {
      case '+':
        return this.#combine(a, b, 'addition');
      case '-':
        return this.#combine(a, b, 'subtraction');
      case '==':
        this.#keep(a);
        this.outcome.keep = equalHistograms(a, b);
        return true;
      case '!=':
        this.#keep(a);
        this.outcome.keep = !equalHistograms(a, b);
        return true;
      default:
        return this.#refuse('histogram', 'histogram');
    }
  }

  #combine(a: FloatHistogram, b: FloatHistogram, operation: 'addition' | 'subtraction'): boolean {
    try {
      const combined = operation === 'addition' ? addHistograms(a, b) : subtractHistograms(a, b);
      const hint = operation === 'addition' ? combined.histogram.hint : 'gauge';
      if (combined.boundsReconciled) this.pending = annotate.boundsReconciled(operation);
      if (combined.resetCollision) {
        this.pending = annotate.resetCollision(operation);
        // Prometheus drops the element here, as if the operation had failed.
        return false;
      }
      return this.#keep(compact({ ...combined.histogram, hint }));
    } catch (error) {
      if (!(error instanceof IncompatibleHistograms)) throw error;
      this.pending = annotate.incompatibleBucketLayout(this.#expr.op);
      return false;
    }
  }

  #keep(histogram: FloatHistogram): boolean {
    this.outcome.float = 0;
    this.outcome.histogram = histogram;
    this.outcome.keep = true;
    return true;
  }

  #refuse(left: string, right: string): boolean {
    this.pending = annotate.incompatibleTypes(left, this.#expr.op, right);
    return false;
  }
}
