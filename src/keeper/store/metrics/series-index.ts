// Finds series by their labels: for every label and value the series that have it.
import { Labels } from '../../../promql/labels.ts';
import type { Matcher } from '../../../promql/matcher.ts';

export interface Indexed {
  /** Rises with every new series. */
  readonly id: number;
  readonly labels: Labels;
}

export class SeriesIndex<T extends Indexed> {
  readonly #byKey = new Map<string, T>();
  /** By name and value; lists rise by id, since series are added in that order. */
  readonly #postings = new Map<string, Map<string, T[]>>();
  /** The labels of the series that was added last, and the list of each: the next one mostly differs in one value. */
  #lastLabels: Labels = Labels.empty;
  #lastLists: T[][] = [];

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
    const { names, values } = series.labels;
    const last = this.#lastLabels;
    const lists = this.#lastLists;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const value = values[i]!; // as many values as names
      // By the place that the label has in both.
      if (value !== last.values[i] || name !== last.names[i]) lists[i] = this.#listOf(name, value);
      lists[i]!.push(series); // of an earlier label, or found just now
    }
    this.#lastLabels = series.labels;
  }

  remove(gone: readonly T[]): void {
    const isGone = new Set(gone);
    this.#lastLabels = Labels.empty;
    this.#lastLists = [];
    for (const { labels } of gone) this.#byKey.delete(labels.key);
    for (const [name, values] of this.#postings) {
      const touched = new Set(gone.map(({ labels }) => labels.get(name)));
      for (const value of touched) {
        const left = values.get(value)?.filter((series) => !isGone.has(series)) ?? [];
        if (left.length > 0) values.set(value, left);
        else values.delete(value);
      }
      if (values.size === 0) this.#postings.delete(name);
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
    return new Map([...(this.#postings.get(name) ?? [])].map(([value, list]) => [value, list.length]));
  }

  labelNames(): IterableIterator<string> {
    return this.#postings.keys();
  }

  #listOf(name: string, value: string): T[] {
    const values = this.#postings.get(name) ?? new Map<string, T[]>();
    if (values.size === 0) this.#postings.set(name, values);
    const known = values.get(value);
    if (known !== undefined) return known;
    const list: T[] = [];
    values.set(value, list);
    return list;
  }

  /** The smallest list that one matcher promises, and the matchers it does not answer yet. */
  #narrow(matchers: readonly Matcher[]): { candidates: Iterable<T>; rest: readonly Matcher[] } {
    let best: { list: readonly T[]; matcher: Matcher } | undefined;
    for (const matcher of matchers) {
      if (matcher.type !== '=' || matcher.value === '') continue;
      const list = this.#postings.get(matcher.name)?.get(matcher.value);
      if (list === undefined) return { candidates: [], rest: [] };
      if (best === undefined || list.length < best.list.length) best = { list, matcher };
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
