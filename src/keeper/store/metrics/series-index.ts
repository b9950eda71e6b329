// Finds series by their labels: for every label and value the series that have it.
import type { Labels } from '../../../promql/labels.ts';
import type { Matcher } from '../../../promql/matcher.ts';

export interface Indexed {
  /** Rises with every new series. */
  readonly id: number;
  readonly labels: Labels;
}

export class SeriesIndex<T extends Indexed> {
  readonly #byKey = new Map<string, T>();
  readonly #postings = new Map<string, Map<string, Set<T>>>();

  get size(): number {
    return this.#byKey.size;
  }

  find(labels: Labels): T | undefined {
    return this.#byKey.get(labels.key);
  }

  all(): IterableIterator<T> {
    return this.#byKey.values();
  }

  add(series: T): void {
    this.#byKey.set(series.labels.key, series);
    for (const [name, value] of series.labels) {
      const values = this.#postings.get(name) ?? new Map<string, Set<T>>();
      this.#postings.set(name, values);
      const list = values.get(value);
      if (list) list.add(series);
      else values.set(value, new Set([series]));
    }
  }

  remove(series: T): void {
    this.#byKey.delete(series.labels.key);
    for (const [name, value] of series.labels) {
      const values = this.#postings.get(name);
      const list = values?.get(value);
      list?.delete(series);
      if (list?.size === 0) values?.delete(value);
      if (values?.size === 0) this.#postings.delete(name);
    }
  }

  /** Series that match all matchers, in the order they came to be, as a Prometheus server lists them. */
  select(matchers: readonly Matcher[]): T[] {
    const { candidates, rest } = this.#narrow(matchers);
    const found: T[] = [];
    for (const series of candidates) {
      if (rest.every((matcher) => matcher.matches(series.labels.get(matcher.name)))) found.push(series);
    }
    return found.sort((a, b) => a.id - b.id);
  }

  /** Values of a label with the number of series that have them. */
  countValues(name: string): ReadonlyMap<string, number> {
    return new Map([...(this.#postings.get(name) ?? [])].map(([value, list]) => [value, list.size]));
  }

  labelNames(): IterableIterator<string> {
    return this.#postings.keys();
  }

  /** The smallest set that one matcher promises, and the matchers it does not answer yet. */
  #narrow(matchers: readonly Matcher[]): { candidates: Iterable<T>; rest: readonly Matcher[] } {
    let best: { list: ReadonlySet<T>; matcher: Matcher } | undefined;
    for (const matcher of matchers) {
      if (matcher.type !== '=' || matcher.value === '') continue;
      const list = this.#postings.get(matcher.name)?.get(matcher.value);
      if (list === undefined) return { candidates: [], rest: [] };
      if (best === undefined || list.size < best.list.size) best = { list, matcher };
    }
    if (best) return { candidates: best.list, rest: matchers.filter((matcher) => matcher !== best?.matcher) };
    // No equality: a matcher that refuses the absent label leaves only series that have it.
    const present = matchers.find((matcher) => !matcher.matches(''));
    if (present === undefined) return { candidates: this.#byKey.values(), rest: matchers };
    return { candidates: this.#union(present), rest: matchers.filter((matcher) => matcher !== present) };
  }

  *#union(matcher: Matcher): Generator<T> {
    for (const [value, list] of this.#postings.get(matcher.name) ?? []) {
      if (matcher.matches(value)) yield* list;
    }
  }
}
