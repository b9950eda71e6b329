// OTLP exemplars → Prometheus exemplars.
import { Labels } from '../../../promql/labels.ts';
import type { Exemplar as OtlpExemplar } from '../../../wire/otlp/types.ts';
import type { Exemplar } from '../../store/metrics/exemplars.ts';
import { printAttribute } from './attribute-text.ts';

/** Characters in all label names and values of one exemplar; attributes beyond are left out. OpenMetrics 1.0. */
const maxCharacters = 128;

/** Keeps the order of the data point, which is by value for histograms. */
export function translateExemplars(exemplars: readonly OtlpExemplar[]): Exemplar[] {
  return exemplars.map(({ filteredAttributes, timeUnixNano, value, traceId, spanId }) => {
    const ids: [string, string][] = [];
    if (traceId !== '') ids.push(['trace_id', traceId]);
    if (spanId !== '') ids.push(['span_id', spanId]);
    const attributes = filteredAttributes.map(({ key, value: inner }): [string, string] => [
      key,
      printAttribute(inner),
    ]);
    const all = [...ids, ...attributes];
    const characters = all.reduce((sum, [name, text]) => sum + [...name].length + [...text].length, 0);
    return {
      labels: Labels.from(characters <= maxCharacters ? all : ids),
      value: Number(value),
      timeMs: Number(timeUnixNano / 1_000_000n),
    };
  });
}
