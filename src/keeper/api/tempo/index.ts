// The Tempo API of the embedded runtime: the store of spans and the routes that query it.
import type { Span } from '../../../wire/otlp/types.ts';
import type { ApiHandler, Route } from '../../http/types.ts';
import { makeSpanReader } from '../../ingest/traces/make-span-reader.ts';
import type { Backend, BackendOptions } from '../../signal-store.ts';
import { TraceStore } from '../../store/traces/trace-store.ts';
import { tellPruned } from '../pruned.ts';
import { aboutRoutes } from './about.ts';
import { handleQueryInstant, handleQueryRange } from './metrics.ts';
import { handleSearch } from './search.ts';
import { SpareRoom } from './spare-room.ts';
import { handleTagNamesV1, handleTagNamesV2 } from './tag-names.ts';
import { handleTagValuesV1, handleTagValuesV2 } from './tag-values.ts';
import { handleTraceV1, handleTraceV2 } from './trace-by-id.ts';

/** Makes the store and the routes of the Tempo port. */
export function createTracesBackend(options: BackendOptions): Backend<Span> {
  const { nowMs, bounds, masker } = options;
  const store = new TraceStore(({ dictionary, batch }) => makeSpanReader({ dictionary, batch, masker }), bounds);
  const spare = new SpareRoom();
  const context = { store, nowMs, bounds, spare };
  const readers: readonly Route[] = [
    { method: 'GET', path: '/api/search', handler: (request) => handleSearch(context, request) },
    { method: 'GET', path: '/api/search/tags', handler: (request) => handleTagNamesV1(store, request) },
    { method: 'GET', path: '/api/v2/search/tags', handler: (request) => handleTagNamesV2(store, request) },
    { method: 'GET', path: '/api/search/tag/:name/values', handler: (request) => handleTagValuesV1(store, request) },
    { method: 'GET', path: '/api/v2/search/tag/:name/values', handler: (request) => handleTagValuesV2(store, request) },
    { method: 'GET', path: '/api/traces/:traceID', handler: (request) => handleTraceV1({ store, spare }, request) },
    { method: 'GET', path: '/api/v2/traces/:traceID', handler: (request) => handleTraceV2({ store, spare }, request) },
    { method: 'GET', path: '/api/metrics/query_range', handler: (request) => handleQueryRange(context, request) },
    { method: 'GET', path: '/api/metrics/query', handler: (request) => handleQueryInstant(context, request) },
  ];
  const routes = readers.map((route): Route => ({ ...route, handler: tellingPruned(store, route.handler) }));
  return { store, routes: [...routes, ...aboutRoutes] };
}

/** Adds a warning for windows that reach back behind what is held: Tempo's JSON has no place for it. */
function tellingPruned(store: TraceStore, handler: ApiHandler): ApiHandler {
  return async (request) => {
    const answer = await handler(request);
    const startMs = Number(request.query.get('start') ?? 0) * 1_000 || 0;
    const [warning] = tellPruned(startMs, store.prunedBeforeMs);
    return warning === undefined
      ? answer
      : { ...answer, headers: { ...answer.headers, warning: `299 obs "${warning}"` } };
  };
}
