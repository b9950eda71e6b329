// Metadata of metrics. A real server knows those of scraped pages only; here are those of OTLP and remote write, too, unless
// they came to this port's own OTLP receiver, which answers as the real one does.
// https://prometheus.io/docs/prometheus/latest/querying/api/#querying-metric-metadata
import { probeMetricName } from '../../../model/attributes.ts';
import type { ApiResponse } from '../../http/types.ts';
import type { MetadataByName } from '../../signal-store.ts';
import { answer } from './answer.ts';
import { refuseParameter } from './parameters.ts';

/** GET /api/v1/metadata with `metric`, `limit` and `limit_per_metric`. The probe of obs itself is none of them. */
export function answerMetadata(query: URLSearchParams, all: MetadataByName): ApiResponse {
  const { [probeMetricName]: _probe, ...known } = all;
  const metric = query.get('metric') ?? '';
  const limit = readCount(query, 'limit');
  const perMetric = readCount(query, 'limit_per_metric');
  const names = metric === '' ? Object.keys(known) : [metric].filter((name) => name in known);
  const shown = limit === undefined ? names : names.slice(0, limit);
  return answer(Object.fromEntries(shown.map((name) => [name, known[name]?.slice(0, perMetric) ?? []])));
}

/** undefined: all, which negative numbers mean as well. */
function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) return refuseParameter(`${name} must be a number`);
  const count = Number(text);
  return count < 0 ? undefined : count;
}
