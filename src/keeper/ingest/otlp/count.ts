// How many records an export holds, as the OTLP specification counts them: log records, spans, data points.
import type { RecordOf, Signal } from '../../../wire/otlp/request.ts';
import type { ExportRequest, Metric, ResourceGroup } from '../../../wire/otlp/types.ts';

/** Records of one resource. */
export function countRecords<S extends Signal>(signal: S, group: ResourceGroup<RecordOf[S]>): number {
  let count = 0;
  for (const { items } of group.scopes)
    count += signal === 'metrics' ? countPoints(items as readonly Metric[]) : items.length;
  return count;
}

/** Records of a whole export. */
export function countAll<S extends Signal>(signal: S, request: ExportRequest<RecordOf[S]>): number {
  return request.reduce((sum, group) => sum + countRecords(signal, group), 0);
}

function countPoints(metrics: readonly Metric[]): number {
  return metrics.reduce((sum, { data }) => sum + (data.kind === 'none' ? 0 : data.points.length), 0);
}
