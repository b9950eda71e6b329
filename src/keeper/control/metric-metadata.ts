// Type, unit and help of every metric ever received. Real Prometheus forgets them for OTLP and remote write, so the
// keeper keeps them, in every runtime.
import type { ExposedFamily } from '../../wire/exposition/page.ts';
import type { Metric, MetricsRequest } from '../../wire/otlp/types.ts';
import { translateMetricName, translateUnit } from '../ingest/metrics/metric-name.ts';

export interface MetricFacts {
  readonly type: string;
  readonly unit: string;
  readonly help: string;
}

/** Names come from apps and may be made up without end. */
const maxNames = 10_000;
const maxFactsOfName = 10;

export class MetricMetadata {
  private readonly byName = new Map<string, MetricFacts[]>();

  /** Notes the metrics of an export under the names that queries know them by. */
  learn(request: MetricsRequest): void {
    for (const { scopes } of request) for (const { items } of scopes) for (const metric of items) this.note(metric);
  }

  /** Notes what a metrics page says of its families. */
  learnFamilies(families: readonly ExposedFamily[]): void {
    for (const { name, type, unit, help } of families) this.add(name, { type, unit, help });
  }

  list(): Readonly<Record<string, readonly MetricFacts[]>> {
    return Object.fromEntries(this.byName);
  }

  private note(metric: Metric): void {
    const name = translateMetricName(metric);
    if (name === undefined) return;
    this.add(name, { type: typeOf(metric), unit: translateUnit(metric.unit), help: metric.description });
  }

  private add(name: string, facts: MetricFacts): void {
    const known = this.byName.get(name);
    if (known === undefined) {
      if (this.byName.size < maxNames) this.byName.set(name, [facts]);
    } else if (known.length < maxFactsOfName && !known.some((other) => isSame(other, facts))) known.push(facts);
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
