// Type, unit and help of every metric ever received. Real Prometheus forgets them for OTLP and remote write, so the
// keeper keeps them, in every runtime.
import type { ExposedFamily } from '../../wire/exposition/page.ts';
import type { Metric, MetricsRequest } from '../../wire/otlp/types.ts';
import type { WrittenMetadata } from '../../wire/prometheus/written-metadata.ts';
import { translateMetricName, translateUnit } from '../ingest/metrics/metric-name.ts';
import type { MetadataByName, MetricFacts } from '../signal-store.ts';

/** Names come from apps and may be made up without end. */
const maxNames = 10_000;
const maxFactsOfName = 10;

type Facts = Map<string, MetricFacts[]>;

export class MetricMetadata {
  private readonly all: Facts = new Map();
  private readonly shown: Facts = new Map();
  private isOutOfSight = false;
  /** Rises with everything new. */
  changes = 0;

  /** Notes the metrics of an export under the names that queries know them by. */
  learn(request: MetricsRequest): void {
    for (const { scopes } of request) for (const { items } of scopes) for (const metric of items) this.note(metric);
  }

  /** Notes what a metrics page says of its families. */
  learnFamilies(families: readonly ExposedFamily[]): void {
    for (const { name, type, unit, help } of families) this.addTo(name, { type, unit, help });
  }

  /** Takes in an export as Prometheus's own OTLP receiver does, which forgets what it says of its metrics. */
  outOfSight<T>(takeIn: () => T): T {
    this.isOutOfSight = true;
    try {
      return takeIn();
    } finally {
      this.isOutOfSight = false;
    }
  }

  /** Takes up what an earlier keeper knew. */
  restore(known: MetadataByName): void {
    for (const [name, list] of Object.entries(known)) for (const one of list) this.addTo(name, one);
  }

  /** Notes what senders of remote write say of their metrics. */
  learnWritten(metadata: readonly WrittenMetadata[]): void {
    for (const { name, type, unit, help } of metadata) if (name !== '') this.addTo(name, { type, unit, help });
  }

  /** Everything ever received. */
  list(): MetadataByName {
    return Object.fromEntries(this.all);
  }

  /** What the metadata endpoint of the Prometheus API answers: everything but what was taken in out of sight. */
  listShown(): MetadataByName {
    return Object.fromEntries(this.shown);
  }

  private note(metric: Metric): void {
    const name = translateMetricName(metric);
    if (name === undefined) return;
    this.addTo(name, { type: typeOf(metric), unit: translateUnit(metric.unit), help: metric.description });
  }

  private addTo(name: string, one: MetricFacts): void {
    this.add(this.all, name, one);
    if (!this.isOutOfSight) this.add(this.shown, name, one);
  }

  private add(facts: Facts, name: string, one: MetricFacts): void {
    const known = facts.get(name);
    if (known === undefined ? facts.size >= maxNames : known.length >= maxFactsOfName) return;
    if (known?.some((other) => isSame(other, one))) return;
    facts.set(name, [...(known ?? []), one]);
    this.changes++;
  }
}

function isSame(a: MetricFacts, b: MetricFacts): boolean {
  return a.type === b.type && a.unit === b.unit && a.help === b.help;
}

// Prometheus's words for the types. https://prometheus.io/docs/concepts/metric_types/
function typeOf({ data }: Metric): string {
  if (data.kind === 'sum') return data.isMonotonic ? 'counter' : 'gauge';
  if (data.kind === 'exponentialHistogram') return 'histogram';
  return data.kind === 'none' ? 'unknown' : data.kind;
}
