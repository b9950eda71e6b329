// Vector aggregations: sum, avg, topk and the others over the samples of one step.
import type { VectorAggregation, VectorOp } from '../ast.ts';
import { keyOfLabels, type Labels, noLabels, type Sample } from '../values.ts';

type Reduce = (values: readonly number[]) => number;

const reducers: Readonly<Partial<Record<VectorOp, Reduce>>> = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  count: (values) => values.length,
  avg: (values) => {
    let mean = 0;
    for (const [index, value] of values.entries()) mean += (value - mean) / (index + 1);
    return mean;
  },
  min: (values) => values.reduce((kept, value) => (value < kept || Number.isNaN(kept) ? value : kept)),
  max: (values) => values.reduce((kept, value) => (value > kept || Number.isNaN(kept) ? value : kept)),
  stdvar: variance,
  stddev: (values) => Math.sqrt(variance(values)),
};

interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}

/** Aggregates step by step; remembers the group of each label set it has met. */
export class Aggregator {
  readonly #expr: VectorAggregation;
  readonly #groupOf = new Map<Labels, { key: string; labels: Labels }>();

  constructor(expr: VectorAggregation) {
    this.#expr = expr;
  }

  aggregate(samples: readonly Sample[]): Sample[] {
    const { op, parameter = 0 } = this.#expr;
    if (op === 'sort' || op === 'sort_desc') return sortSamples(samples, op === 'sort_desc');
    const groups = this.#group(samples);
    const reduce = reducers[op];
    if (reduce)
      return groups.map(({ labels, samples }) => ({ labels, value: reduce(samples.map(({ value }) => value)) }));
    return groups.flatMap((group) => sortSamples(group.samples, op !== 'bottomk').slice(0, parameter));
  }

  #group(samples: readonly Sample[]): Group[] {
    const groups = new Map<string, Group>();
    for (const sample of samples) {
      const { key, labels } = this.#find(sample.labels);
      const group = groups.get(key);
      if (group) group.samples.push(sample);
      else groups.set(key, { labels, samples: [sample] });
    }
    return [...groups.values()];
  }

  #find(of: Labels): { key: string; labels: Labels } {
    let found = this.#groupOf.get(of);
    if (!found) {
      const labels = groupLabels(of, this.#expr.grouping);
      found = { key: keyOfLabels(labels), labels };
      this.#groupOf.set(of, found);
    }
    return found;
  }
}

function groupLabels(labels: Labels, grouping: VectorAggregation['grouping']): Labels {
  if (!grouping) return noLabels;
  return labels.filter(([name]) => grouping.labels.includes(name) !== grouping.without);
}

// NaN comes last either way.
function sortSamples(samples: readonly Sample[], descending: boolean): Sample[] {
  return [...samples].sort((a, b) => {
    if (Number.isNaN(a.value)) return Number.isNaN(b.value) ? 0 : 1;
    if (Number.isNaN(b.value)) return -1;
    return descending ? b.value - a.value : a.value - b.value;
  });
}

function variance(values: readonly number[]): number {
  let mean = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    const delta = value - mean;
    mean += delta / (index + 1);
    squares += delta * (value - mean);
  }
  return squares / values.length;
}
