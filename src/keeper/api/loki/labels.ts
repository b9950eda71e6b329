// labels, label values and series: what streams there are in a time range.
import { parseSelectorOnly } from '../../../logql/parser.ts';
import { type CompiledMatcher, compileMatcher, keyOfLabels, type Labels, labelValue } from '../../../logql/values.ts';
import { encodeLabels } from '../../../wire/loki/results.ts';
import type { ApiHandler } from '../../http/types.ts';
import type { StoredStream } from '../../store/logs/stream.ts';
import type { LokiContext } from './context.ts';
import { readBounds } from './params.ts';
import { json } from './query.ts';

/** GET and POST /loki/api/v1/labels */
export function makeLabels(context: LokiContext): ApiHandler {
  return ({ query }) => {
    const names = new Set(selectStreams(context, query).flatMap(({ labels }) => labels.map(([name]) => name)));
    return json(JSON.stringify({ status: 'success', ...(names.size > 0 ? { data: [...names].sort() } : {}) }));
  };
}

/** GET and POST /loki/api/v1/label/:name/values */
export function makeLabelValues(context: LokiContext): ApiHandler {
  return ({ query, params }) => {
    const name = params.name ?? '';
    const values = new Set(selectStreams(context, query).map(({ labels }) => labelValue(labels, name)));
    values.delete('');
    return json(JSON.stringify({ status: 'success', ...(values.size > 0 ? { data: [...values].sort() } : {}) }));
  };
}

/** GET and POST /loki/api/v1/series */
export function makeSeries(context: LokiContext): ApiHandler {
  return ({ query }) => {
    const selectors = [...query.getAll('match[]'), ...query.getAll('match')];
    const matcherSets = selectors.length === 0 ? [[]] : selectors.map(compileSelector);
    const found = new Map<string, Labels>();
    for (const matchers of matcherSets) {
      for (const { labels } of streamsInRange(context, query, matchers)) found.set(keyOfLabels(labels), labels);
    }
    return json(`{"status":"success","data":[${[...found.values()].map(encodeLabels).join(',')}]}`);
  };
}

/** Streams that the `query` parameter selects (all without one) and that have entries in the range. */
export function selectStreams(context: LokiContext, query: URLSearchParams): StoredStream[] {
  const selector = query.get('query') ?? '';
  return streamsInRange(context, query, selector === '' ? [] : compileSelector(selector));
}

/** @throws QueryError for anything but a stream selector. */
export function compileSelector(selector: string): CompiledMatcher[] {
  return parseSelectorOnly(selector).map(compileMatcher);
}

// Loki's index answers for whole periods, so a stream counts although its entries lie elsewhere in them.
function streamsInRange(context: LokiContext, query: URLSearchParams, matchers: CompiledMatcher[]): StoredStream[] {
  readBounds(query, context.nowMs());
  return [...context.store.streams(matchers)];
}
