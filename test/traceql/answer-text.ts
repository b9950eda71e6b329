// Answers as the lines that scripts expect.
import { QueryError } from '../../src/errors/query-error.ts';
import type { TraceStore } from '../../src/keeper/store/traces/trace-store.ts';
import type * as ast from '../../src/traceql/ast.ts';
import { parseTraceqlDuration } from '../../src/traceql/duration.ts';
import { readRootName } from '../../src/traceql/fields.ts';
import { alignWindow } from '../../src/traceql/functions/intervals.ts';
import { runMetrics } from '../../src/traceql/metrics.ts';
import { parseTraceql } from '../../src/traceql/parser.ts';
import { printAttribute } from '../../src/traceql/print.ts';
import { searchTraces } from '../../src/traceql/search.ts';
import type { TraceSource } from '../../src/traceql/source.ts';
import { validateTraceql } from '../../src/traceql/validate.ts';
import { formatValue } from '../../src/traceql/values.ts';
import { epochNs } from './trace-text.ts';

/**
 * `root: span span | span`, spansets divided by bars; behind a span what was selected of it. Spans come by name, as the
 * order within a set is that of arrival.
 */
export function searchText(store: TraceStore, text: string): string[] {
  return orRefusal(() => {
    const query = parseValid(text);
    const source = store.snapshot();
    const { traces, plan } = searchTraces(query, source, { startSec: 0, endSec: 0, limit: 1000 });
    const selects = query.pipeline.elements.flatMap((element) => (element.type === 'select' ? element.attributes : []));
    const describeSpan = (row: number) => {
      const seen = plan.show(row).filter(({ ref }) => selects.some((one) => isSame(one.ref, ref)));
      return [nameOf(source, row), ...seen.map((s) => `${printAttribute(s.ref)}=${formatValue(s.value)}`)].join(' ');
    };
    const lines = traces.map(({ trace, spansets }) => {
      const sets = spansets.map(({ rows, attributes }) => {
        const labels = attributes.map(({ name, value }) => `${name}=${formatValue(value)}`).join(' ');
        const spans = rows.map(describeSpan).sort().join(' ');
        return labels ? `${spans} [${labels}]` : spans;
      });
      return `${readRootName(source, trace)}: ${sets.join(' | ')}`;
    });
    return lines.sort();
  });
}

/** `{label="value"} 1 _ 2`, the values of the intervals with `_` for none. `argument`: FROM TO STEP QUERY. */
export function metricsText(store: TraceStore, argument: string): string[] {
  return orRefusal(() => {
    const [, from = '', to = '', step = '', text = ''] = /^(\S+) (\S+) (\S+) (.*)$/.exec(argument) ?? [];
    const query = parseValid(text);
    const window = { startNs: timeOf(from), endNs: timeOf(to), stepNs: timeOf(step) - epochNs, isInstant: false };
    const series = runMetrics(query, store.snapshot(), { ...alignWindow(window), exemplars: 0 });
    return series.map(({ labels, values }) => {
      const names = labels.map(({ name, value }) => `${name}=${value.type === 'nil' ? 'nil' : formatValue(value)}`);
      return `{${names.join(', ')}} ${[...values].map((v) => (Number.isNaN(v) ? '_' : String(Number(v.toPrecision(6))))).join(' ')}`;
    });
  }).sort();
}

function parseValid(text: string): ast.Query {
  const query = parseTraceql(text);
  validateTraceql(query, text);
  return query;
}

function orRefusal(work: () => string[]): string[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof QueryError) return [`fails: ${error.fields.serverText ?? error.message}`];
    throw error;
  }
}

function timeOf(text: string): bigint {
  return epochNs + BigInt(text === '0' ? 0 : (parseTraceqlDuration(text) ?? Number.NaN));
}

function isSame(a: ast.AttributeRef, b: ast.AttributeRef): boolean {
  return printAttribute(a) === printAttribute(b);
}

function nameOf(source: TraceSource, row: number): string {
  return formatText(source.value(source.spans.name[row]!)); // rows are of the source
}

function formatText(value: ReturnType<TraceSource['value']>): string {
  return value.type === 'string' ? value.value : formatValue(value);
}
