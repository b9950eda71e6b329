// Makes random PromQL expressions that are valid by type, from the same tables the parser uses.
import type { ValueType } from '../../src/promql/ast.ts';
import { type FunctionName, signatures } from '../../src/promql/function-signatures.ts';
import type { Random } from './random.ts';

/** What selectors may name, so that they find something. */
export interface Vocabulary {
  readonly metrics: readonly string[];
  readonly labels: readonly { readonly name: string; readonly values: readonly string[] }[];
}

// Only these take what cannot be made at random by type alone.
const special: readonly FunctionName[] = ['info', 'label_replace', 'label_join', 'histogram_quantiles'];
const extendable: readonly FunctionName[] = ['rate', 'increase', 'delta'];
const folds = ['sum', 'avg', 'count', 'min', 'max', 'group', 'stddev', 'stdvar'];
const arithmetic = ['+', '-', '*', '/', '%', '^', 'atan2'];
const comparisons = ['==', '!=', '<', '>', '<=', '>='];
const sets = ['and', 'or', 'unless'];
const ranges = ['30s', '1m', '5m', '1h', '90', '1m30s', '2m*2', 'step()+1m'];
const numbers = ['0', '1', '-1', '0.5', '2', '1e3', '0x10', 'NaN', '1m', '100'];

export class ExpressionMaker {
  readonly #random: Random;
  readonly #vocabulary: Vocabulary;

  constructor(random: Random, vocabulary: Vocabulary) {
    this.#random = random;
    this.#vocabulary = vocabulary;
  }

  /** An expression that a range query takes. */
  make(depth: number): string {
    return this.#random.chance(0.9) ? this.#vector(depth) : this.#scalar(depth);
  }

  #of(type: ValueType, depth: number): string {
    switch (type) {
      case 'vector':
        return this.#vector(depth);
      case 'scalar':
        return this.#scalar(depth);
      case 'matrix':
        return this.#matrix(depth);
      case 'string':
        return JSON.stringify(this.#label());
    }
  }

  #vector(depth: number): string {
    if (depth <= 0) return this.#selector();
    const random = this.#random;
    return random.pick([
      () => this.#selector(),
      () => `(${this.#vector(depth - 1)})`,
      () => `(${this.#bareSelector()} offset (1m + 30s))`,
      () => `-${this.#vector(depth - 1)}`,
      () => this.#aggregation(depth - 1),
      () => this.#aggregation(depth - 1),
      () => this.#call('vector', depth - 1),
      () => this.#call('vector', depth - 1),
      () => this.#withScalar(depth - 1),
      () => this.#binary(depth - 1),
      () => this.#binary(depth - 1),
    ])();
  }

  #scalar(depth: number): string {
    if (depth <= 0 || this.#random.chance(0.6)) return this.#random.pick(numbers);
    if (this.#random.chance(0.5)) return this.#call('scalar', depth - 1);
    const isComparison = this.#random.chance(0.3);
    const op = isComparison ? `${this.#random.pick(comparisons)} bool` : this.#random.pick(arithmetic);
    return `(${this.#scalar(depth - 1)} ${op} ${this.#scalar(depth - 1)})`;
  }

  #matrix(depth: number): string {
    const range = this.#random.pick(ranges);
    if (depth > 0 && this.#random.chance(0.3)) {
      const step = this.#random.pick(['', '30s', '1m', '7s']);
      return `(${this.#vector(depth - 1)})[${range}:${step}]${this.#times()}`;
    }
    return `${this.#bareSelector()}[${range}]${this.#times()}`;
  }

  #selector(): string {
    return this.#bareSelector() + this.#times();
  }

  #bareSelector(): string {
    const random = this.#random;
    const matchers: string[] = [];
    while (random.chance(0.4)) matchers.push(this.#matcher());
    const name = random.pick(this.#vocabulary.metrics);
    if (random.chance(0.1)) return `{${[`__name__=${JSON.stringify(name)}`, ...matchers].join(', ')}}`;
    return matchers.length > 0 ? `${name}{${matchers.join(', ')}}` : name;
  }

  #matcher(): string {
    const random = this.#random;
    const { name, values } = random.pick(this.#vocabulary.labels);
    const value = random.pick([...values, '', '.*', `${values[0]}|${values[1] ?? ''}`]);
    return `${name}${random.pick(['=', '!=', '=~', '!~'])}${JSON.stringify(value)}`;
  }

  #times(): string {
    const random = this.#random;
    const offset = random.chance(0.15) ? ` offset ${random.pick(['1m', '-1m', '30', '-30s'])}` : '';
    const at = random.chance(0.1) ? ` @ ${random.pick(['start()', 'end()', '60', '0.5'])}` : '';
    return random.chance(0.5) ? offset + at : at + offset;
  }

  #aggregation(depth: number): string {
    const random = this.#random;
    const body = this.#vector(depth);
    const grouping = random.chance(0.6) ? `${random.pick(['by', 'without'])} (${this.#labels()})` : '';
    const [op, args] = random.pick<() => [string, string]>([
      () => [random.pick(folds), body],
      () => [random.pick(['topk', 'bottomk', 'limitk']), `${random.below(5)}, ${body}`],
      () => ['quantile', `${random.pick(['0.5', '0.9', '1', '0'])}, ${body}`],
      () => ['limit_ratio', `${random.pick(['0.5', '-0.3', '1'])}, ${body}`],
      () => ['count_values', `${JSON.stringify(this.#label())}, ${body}`],
    ])();
    return random.chance(0.5) ? `${op} ${grouping} (${args})` : `${op}(${args}) ${grouping}`;
  }

  #call(returns: ValueType, depth: number): string {
    const random = this.#random;
    // The keys of the table are exactly the names.
    const names = (Object.keys(signatures) as FunctionName[]).filter(
      (name) => signatures[name].returns === returns && !special.includes(name),
    );
    const name = random.pick(names);
    const { args, optional } = signatures[name];
    if (extendable.includes(name) && random.chance(0.2)) {
      return `${name}(${this.#bareSelector()}[${random.pick(ranges)}] ${random.pick(['anchored', 'smoothed'])})`;
    }
    if (returns === 'vector' && random.chance(0.1)) return this.#specialCall(depth);
    const count = optional === 1 && random.chance(0.5) ? args.length - 1 : args.length;
    return `${name}(${args
      .slice(0, count)
      .map((type) => this.#of(type, depth))
      .join(', ')})`;
  }

  #specialCall(depth: number): string {
    const body = this.#vector(depth);
    const label = JSON.stringify(this.#label());
    return this.#random.pick([
      () => `label_replace(${body}, "new", "<$1>", ${label}, "(.*)")`,
      () => `label_join(${body}, "new", "-", ${label}, "job")`,
      () => `info(${body})`,
      () => `histogram_quantiles(${body}, "q", 0.5, 0.9)`,
    ])();
  }

  #withScalar(depth: number): string {
    const random = this.#random;
    const op = random.pick([...arithmetic, ...comparisons, ...comparisons.map((name) => `${name} bool`)]);
    const sides = [this.#vector(depth), this.#scalar(depth)];
    if (random.chance(0.5)) sides.reverse();
    // In parentheses, so that no matching of a neighbour comes to stand beside a scalar.
    return `(${sides[0]} ${op} ${sides[1]})`;
  }

  #binary(depth: number): string {
    const random = this.#random;
    const isSet = random.chance(0.3);
    const op = random.pick(isSet ? sets : [...arithmetic, ...comparisons]);
    const on = random.chance(0.5) ? ` ${random.pick(['on', 'ignoring'])} (${this.#labels()})` : '';
    const group = on !== '' && !isSet && random.chance(0.4) ? ` ${random.pick(['group_left', 'group_right'])} ()` : '';
    const fill = !isSet && random.chance(0.2) ? ` ${random.pick(['fill', 'fill_left', 'fill_right'])} (0)` : '';
    return `${this.#vector(depth)} ${op}${on}${group}${fill} ${this.#vector(depth)}`;
  }

  #label(): string {
    return this.#random.pick(this.#vocabulary.labels).name;
  }

  #labels(): string {
    const names = new Set<string>();
    while (this.#random.chance(0.6)) names.add(this.#label());
    return [...names].join(', ');
  }
}
