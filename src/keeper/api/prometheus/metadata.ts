// Metadata of metrics. As on a real server they come from scraped pages only; GET /obs/metric-metadata has those of OTLP.
// https://prometheus.io/docs/prometheus/latest/querying/api/#querying-metric-metadata
import type { ApiResponse } from '../../http/types.ts';
import type { MetadataByName } from '../../signal-store.ts';
import { answer } from './answer.ts';
import { refuseParameter } from './parameters.ts';

/** GET /api/v1/metadata with `metric`, `limit` and `limit_per_metric`. */
export function answerMetadata(query: URLSearchParams, known: MetadataByName): ApiResponse {
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
