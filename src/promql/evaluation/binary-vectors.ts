// Arithmetic and comparison between vectors: one-to-one, many-to-one, one-to-many, with values filled in where one side
// has nothing.
import type { BinaryExpr, VectorMatching } from '../ast.ts';
import type { Labels } from '../labels.ts';
import type { Scope } from '../selection/session.ts';
import { duplicateLabelset, failExecution, StepSeries, slot } from '../values.ts';
import { arithmetic, type Element, ElementOperator } from './binary-elements.ts';
import { type Grouping, groupByMatching, pickMatchLabels } from './signatures.ts';

interface Operands {
  readonly lhs: readonly StepSeries[];
  readonly rhs: readonly StepSeries[];
}

/** Evaluates an operator between two vectors. @throws QueryError if the match is ambiguous */
export function matchVectors(scope: Scope, expr: BinaryExpr, operands: Operands): Promise<StepSeries[]> {
  return new VectorMatch(scope, expr, operands).run();
}

/** One output series and, in many-to-one matching, the step at which its group last produced it. */
interface Target {
  readonly series: StepSeries;
  lastStep: number;
}

const noSeries = -1;

class VectorMatch {
  readonly #scope: Scope;
  readonly #expr: BinaryExpr;
  readonly #matching: VectorMatching;
  readonly #operator: ElementOperator;
  /** `many` is the side that keeps its labels; `one` has at most one series per group and step. */
  readonly #many: readonly StepSeries[];
  readonly #one: readonly StepSeries[];
  readonly #groups: Grouping;
  readonly #isSwapped: boolean;
  readonly #outputs = new Map<string, StepSeries>();
  readonly #targets = new Map<number, Target>();
  readonly #sharedTargets = new Map<string, Target>();
  /** By group: the index of the series of the `one` side at this step. */
  readonly #present: Int32Array;
  /** By group: how many results it has at this step. */
  readonly #matched: Int32Array;
  readonly #a: Element = { float: 0, histogram: undefined };
  readonly #b: Element = { float: 0, histogram: undefined };

  constructor(scope: Scope, expr: BinaryExpr, { lhs, rhs }: Operands) {
    if (expr.matching === undefined) throw new Error('a vector operator without matching passed validation');
    this.#scope = scope;
    this.#expr = expr;
    this.#matching = expr.matching;
    this.#operator = new ElementOperator(expr);
    this.#isSwapped = expr.matching.card === 'one-to-many';
    this.#many = this.#isSwapped ? rhs : lhs;
    this.#one = this.#isSwapped ? lhs : rhs;
    this.#groups = groupByMatching(expr.matching, { lhs: this.#many, rhs: this.#one });
    this.#present = new Int32Array(this.#groups.count);
    this.#matched = new Int32Array(this.#groups.count);
  }

  async run(): Promise<StepSeries[]> {
    const { grid, session } = this.#scope;
    for (let step = 0; step < grid.count; step++) {
      const pause = session.settings.pause();
      if (pause) await pause;
      if (this.#canMatch(step)) this.#matchStep(step);
    }
    return [...this.#outputs.values()].filter((series) => !series.isEmpty);
  }

  // Ambiguities do not matter where nothing can match.
  #canMatch(step: number): boolean {
    const { fillLeft, fillRight } = this.#matching;
    const has = (series: readonly StepSeries[]) => series.some((one) => one.kinds[step] !== slot.empty);
    const sides = Number(has(this.#many)) + Number(has(this.#one));
    return fillLeft === undefined && fillRight === undefined ? sides === 2 : sides > 0;
  }

  #matchStep(step: number): void {
    this.#indexOneSide(step);
    this.#matched.fill(0);
    this.#matchManySide(step);
    this.#fillManySide(step);
    this.#operator.flush(this.#scope.session);
  }

  #indexOneSide(step: number): void {
    this.#present.fill(noSeries);
    this.#one.forEach((series, i) => {
      if (series.kinds[step] === slot.empty) return;
      const group = this.#groups.right[i] ?? 0;
      const other = this.#present[group] ?? noSeries;
      if (other !== noSeries) this.#failDuplicate(series, this.#one[other] ?? series);
      this.#present[group] = i;
    });
  }

  #matchManySide(step: number): void {
    // With group_right the two fills change sides along with the operands: so it is in Prometheus.
    const fill = this.#matching.fillRight;
    for (let i = 0; i < this.#many.length; i++) {
      const many = this.#many[i];
      if (many === undefined || many.kinds[step] === slot.empty) continue;
      const group = this.#groups.left[i] ?? 0;
      const partner = this.#present[group] ?? noSeries;
      const one = this.#one[partner];
      if (one === undefined && fill === undefined) continue;
      load(this.#a, many, step);
      if (one) load(this.#b, one, step);
      else setNumber(this.#b, fill ?? 0);
      this.#emit({ step, group, manyIndex: i, oneIndex: partner });
    }
  }

  #fillManySide(step: number): void {
    const fill = this.#matching.fillLeft;
    if (fill === undefined) return;
    for (let i = 0; i < this.#one.length; i++) {
      const one = this.#one[i];
      const group = this.#groups.right[i] ?? 0;
      if (one === undefined || one.kinds[step] === slot.empty || (this.#matched[group] ?? 0) > 0) continue;
      setNumber(this.#a, fill);
      load(this.#b, one, step);
      this.#emit({ step, group, manyIndex: noSeries, oneIndex: i });
    }
  }

  #emit(at: { step: number; group: number; manyIndex: number; oneIndex: number }): void {
    const { step, group } = at;
    const [left, right] = this.#isSwapped ? [this.#b, this.#a] : [this.#a, this.#b];
    if (!this.#operator.apply(left, right)) return;
    const target = this.#findTarget(at);
    if (this.#matching.card === 'one-to-one') {
      if ((this.#matched[group] ?? 0) > 0) {
        failExecution('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)');
      }
    } else if (target.lastStep === step) {
      failExecution('multiple matches for labels: grouping labels must ensure unique matches');
    }
    this.#matched[group] = (this.#matched[group] ?? 0) + 1;
    target.lastStep = step;
    const { outcome } = this.#operator;
    if (!outcome.keep && !this.#expr.returnBool) return;
    if (target.series.kinds[step] !== slot.empty) failExecution(duplicateLabelset);
    if (this.#expr.returnBool) target.series.setFloat(step, outcome.keep ? 1 : 0);
    else if (outcome.histogram) target.series.setHistogram(step, outcome.histogram);
    else target.series.setFloat(step, outcome.float);
  }

  /** The output of a pair of series, made once per pair. */
  #findTarget({ group, manyIndex, oneIndex }: { group: number; manyIndex: number; oneIndex: number }): Target {
    const pair = (manyIndex + 1) * (this.#one.length + 1) + oneIndex + 1;
    const known = this.#targets.get(pair);
    if (known) return known;
    const labels = this.#makeLabels(this.#many[manyIndex]?.labels, this.#one[oneIndex]?.labels);
    const series = this.#outputs.get(labels.key) ?? new StepSeries(labels, this.#scope.grid.count);
    this.#outputs.set(labels.key, series);
    // Pairs of one group that end up with the same labels share their target, so that a clash is noticed.
    const sharedKey = `${group} ${labels.key}`;
    const target = this.#sharedTargets.get(sharedKey) ?? { series, lastStep: -1 };
    this.#sharedTargets.set(sharedKey, target);
    this.#targets.set(pair, target);
    return target;
  }

  #makeLabels(many: Labels | undefined, one: Labels | undefined): Labels {
    const { card, on, labels: names, include } = this.#matching;
    // What was filled in has the labels that were matched on, and nothing else.
    const fallback = (labels: Labels | undefined) => labels && pickMatchLabels(labels, this.#matching);
    let labels = many ?? fallback(one);
    const other = one ?? fallback(many);
    if (labels === undefined || other === undefined) throw new Error('a match without series');
    if (arithmetic[this.#expr.op] !== undefined || this.#expr.returnBool) labels = labels.dropMetricName();
    if (card === 'one-to-one') labels = on ? labels.keep(names) : labels.drop(names);
    return include.length === 0 ? labels : labels.with(include.map((name) => [name, other.get(name)] as const));
  }

  #failDuplicate(a: StepSeries, b: StepSeries): never {
    const group = pickMatchLabels(a.labels, this.#matching).toString();
    const side = this.#isSwapped ? 'left' : 'right';
    const [first, second] = [a.labels.toString(), b.labels.toString()].sort();
    return failExecution(
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${first}, ${second}]` +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
    );
  }
}

function load(element: Element, series: StepSeries, step: number): void {
  element.float = series.floats[step] ?? 0;
  element.histogram = series.histogramAt(step);
}

function setNumber(element: Element, value: number): void {
  element.float = value;
  element.histogram = undefined;
}
