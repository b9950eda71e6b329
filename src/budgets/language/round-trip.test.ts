// Property: whatever budget the grammar can say, printing and parsing gives it back; and no text, however mangled, makes
// the parser do anything but answer or refuse with a place inside the text. Seeded: OBS_FUZZ_SEED repeats a run.
import { describe, expect, it } from 'vitest';
import { ObsError } from '../../errors/obs-error.ts';
import { quoteGoString } from '../../std/go-string.ts';
import { parseBudget } from './parser.ts';
import { printBudget } from './print.ts';

const seed = Number(process.env.OBS_FUZZ_SEED ?? 20_261_122);
const origin = { kind: 'argument', source: 'argument 1' } as const;

/** Mulberry32: small, and the same everywhere. */
function makeRandom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Generator {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.#random() * items.length)] ?? items[0];
  }

  maybe(text: () => string): string {
    return this.#random() < 0.5 ? '' : ` ${text()}`;
  }

  number(): number {
    return this.pick([0, 1, 20, 800, 1.5, 1e-7, 1e21, Math.round(this.#random() * 1e6) / 1000]);
  }

  name(): string {
    return this.pick(['web', 'a-b.c', 'journeys', 'GET /x', 'é', 'a"b\\c', 'per', 'über/1']);
  }

  quotedName(): string {
    const name = this.name();
    return /^[\w.-]+$/.test(name) && !['journeys', 'per'].includes(name) && this.#random() < 0.7
      ? name
      : quoteGoString(name);
  }

  scope(): string {
    const journeys = () =>
      this.pick([
        () => `in journey ${this.quotedName()}`,
        () => `in journeys ${this.quotedName()}, ${this.quotedName()}`,
        () => `in ${quoteGoString(this.name())} journeys`,
      ])();
    return this.maybe(() => `of ${this.quotedName()}`) + this.maybe(journeys);
  }

  where(): string {
    return this.pick(['{}', '{ name = "}" }', '{span.a = `x`}', '{ duration > 1s && (status = error) }']);
  }

  thing(): string {
    const kind = this.pick(['startup', 'span', 'journey', 'errors', 'rss', 'cpu', 'eventloop']);
    const name = kind === 'span' ? this.maybe(() => quoteGoString(this.name())) : '';
    return kind + name + (kind === 'span' || kind === 'errors' ? this.maybe(() => this.where()) : '');
  }

  query(): string {
    return this.pick([
      'logs {a="b"} |= "x > 3" != "y"',
      'logs sum(rate({a="b"}[5m] offset 1m))',
      'metric a > bool 5 or b',
      'metric histogram_quantile(0.9, x)',
      'traces {a=1} >> {b=2}',
      'traces { } | avg(duration) > 1s',
    ]);
  }

  subject(): string {
    const statistic = () => this.pick(['p50', 'p95', 'p99.9', 'p(99.9)', 'max', 'min', 'avg', 'count', 'rate']);
    return this.pick([
      () => `no span${this.scope()}${this.maybe(() => this.where())}`,
      () => `${this.thing()}${this.scope()}`,
      () => `${statistic()}(${this.thing()}${this.scope()})`,
      () => this.query(),
    ])();
  }

  limit(): string {
    const unit = () => this.pick(['', 'ms', 's', '%', 'MB', 'GiB', ' µs']);
    const baseline = () =>
      `baseline${this.maybe(() => `+ ${this.number()}%`)}${this.maybe(() => `+ ${this.number()}ms`)}`;
    return this.pick([() => `${this.number()}${unit()}`, () => `-${this.number()}${unit()}`, baseline])();
  }

  budget(): string {
    const comparison = this.pick([
      '<',
      '<=',
      '>',
      '>=',
      '==',
      '!=',
      'under',
      'at most',
      'above',
      'exceeds',
      'at least',
      'is',
    ]);
    const per = () => `per ${this.pick(['trace', 'iteration', 's'])}`;
    const over = () => `over ${this.pick([1, 5, 20])} ${this.pick(['runs', 'iterations', 'samples'])}`;
    return `${this.pick(['', 'ensure ', 'the '])}${this.subject()} ${comparison} ${this.limit()}${this.maybe(per)}${this.maybe(over)}`;
  }

  mangle(text: string): string {
    const characters = [...text];
    const edits = 1 + Math.floor(this.#random() * 4);
    for (let done = 0; done < edits; done++) {
      const at = Math.floor(this.#random() * characters.length);
      const inserted = this.pick(['', '"', '{', '}', '(', ')', '<', '\\', '\n', '💥', '\u0000', ' over ', '%', '`']);
      characters.splice(at, Math.floor(this.#random() * 3), inserted);
    }
    return characters.join('');
  }
}

describe(`budgets made at random (seed ${seed})`, () => {
  it('are the same budget after printing and parsing', () => {
    const generator = new Generator(makeRandom(seed));
    for (let round = 0; round < 2_000; round++) {
      const text = generator.budget();
      const printed = printBudget(parseBudget(text, origin));
      expect(printBudget(parseBudget(printed, origin)), text).toBe(printed);
      expect(withoutPlaces(parseBudget(printed, origin)), text).toEqual(withoutPlaces(parseBudget(text, origin)));
    }
  });

  it('are answered or refused inside the text when mangled', () => {
    const generator = new Generator(makeRandom(seed + 1));
    let refusals = 0;
    for (let round = 0; round < 8_000; round++) {
      const text = generator.mangle(generator.budget());
      try {
        parseBudget(text, origin);
      } catch (error) {
        refusals++;
        expect(error, text).toBeInstanceOf(ObsError);
      }
    }
    // The canary: a parser that took everything would pass the loop above.
    expect(refusals).toBeGreaterThan(2_000);
  });
});

function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, one) => (key === 'at' || key === 'limitAt' ? undefined : one)));
}
