// The usual questions about a metric (`--p95 http.server.request.duration --by route`) as the PromQL that answers them, for
// classic and native histograms alike. Names may be those of OpenTelemetry: dots, no unit, no `_total`.
import type { PrometheusClient } from '../../clients/prometheus.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { quoteLabelName } from '../../promql/labels.ts';
import { findNearest } from '../../std/nearest.ts';
import type { QueryWindow } from './window.ts';

/** Flags that take the name of a metric; the numbers are quantiles. */
const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
export const questionKinds = ['p50', 'p95', 'p99', 'rate'] as const;
export type QuestionKind = (typeof questionKinds)[number];

export interface MetricQuestion {
  readonly kind: QuestionKind;
  readonly metric: string;
  readonly by: readonly string[];
}

type Asked = Pick<PrometheusClient, 'labels' | 'labelValues' | 'query'>;

/** Long enough for exporters that send once a minute. */
const rateWindow = '5m';
const classicPart = '_bucket';
const shownNames = 5;

/**
 * The expression that answers a question.
 * @throws ObsError OBS_UNKNOWN_METRIC, OBS_UNKNOWN_LABEL, OBS_WRONG_METRIC
 */
export async function writeQuestion(
  prometheus: Asked,
  { kind, metric, by }: MetricQuestion,
  window: QueryWindow,
): Promise<string> {
  const names = await prometheus.labelValues('__name__', window);
  const name = findMetric(kind, metric, names);
  const labels = await chooseLabels(prometheus, { by, selector: name, window });
  if (kind === 'rate') return writeSum(await writeRate(prometheus, name, window), labels);
  if (!name.endsWith(classicPart) && !(await isNative(prometheus, name, window)))
    throw new ObsError('OBS_WRONG_METRIC', { metric: name, wanted: 'a histogram', flag: `--${kind}` });
  const kept = name.endsWith(classicPart) ? ['le', ...labels] : labels;
  return `histogram_quantile(${quantiles[kind]}, ${writeSum(`rate(${name}[${rateWindow}])`, kept)})`;
}

// Exact names first, then what translation adds to them: the unit, `_total`, the parts of a histogram.
function findMetric(kind: QuestionKind, given: string, names: readonly string[]): string {
  const base = given.replace(/[^a-zA-Z0-9_:]/g, '_');
  const parts = kind === 'rate' ? ['', '_total', '_count'] : [classicPart, ''];
  const isPart = (name: string) => /_(?:bucket|sum|count)$/.test(name);
  for (const part of parts) if (names.includes(base + part)) return base + part;
  for (const part of parts) {
    const found = names.find(
      (name) => name.startsWith(`${base}_`) && name.endsWith(part) && (part !== '' || !isPart(name)),
    );
    if (found !== undefined) return found;
  }
  const near = findNearest(base, new Set(names.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''))), shownNames);
  throw new ObsError('OBS_UNKNOWN_METRIC', { metric: given, near });
}

/** `route` stands for `http_route`, if there is only one such label. */
async function chooseLabels(
  prometheus: Asked,
  { by, selector, window }: { readonly by: readonly string[]; readonly selector: string; readonly window: QueryWindow },
): Promise<string[]> {
  if (by.length === 0) return [];
  const known = (await prometheus.labels(window, selector)).filter((label) => !['__name__', 'le'].includes(label));
  return by.map((given) => {
    const label = given.replace(/[^a-zA-Z0-9_]/g, '_');
    const ending = known.filter((one) => one.endsWith(`_${label}`));
    const found = known.includes(label) ? label : ending.length === 1 ? ending[0] : undefined;
    if (found !== undefined) return quoteLabelName(found);
    throw new ObsError('OBS_UNKNOWN_LABEL', { metric: selector, label: given, known });
  });
}

async function writeRate(prometheus: Asked, name: string, window: QueryWindow): Promise<string> {
  const rate = `rate(${name}[${rateWindow}])`;
  if (/_(?:total|count|sum|bucket)$/.test(name)) return rate;
  return (await isNative(prometheus, name, window)) ? `histogram_count(${rate})` : rate;
}

/** Only native histograms have a count of their own. */
async function isNative(prometheus: Asked, name: string, window: QueryWindow): Promise<boolean> {
  const lookBackS = Math.ceil((window.endMs - window.startMs) / 1000);
  const query = `count(histogram_count(last_over_time(${name}[${lookBackS}s])))`;
  return (await prometheus.query(query, window.endMs)).series.length > 0;
}

function writeSum(inner: string, labels: readonly string[]): string {
  return labels.length === 0 ? `sum(${inner})` : `sum by (${labels.join(', ')}) (${inner})`;
}
