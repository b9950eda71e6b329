// The routes of Loki's HTTP API. https://grafana.com/docs/loki/latest/reference/loki-http-api/
import { HttpRefusal } from '../../http/refusal.ts';
import type { ApiHandler, Route } from '../../http/types.ts';
import type { LokiContext } from './context.ts';
import { makeDetectedFields, makeDetectedFieldValues } from './detected-fields.ts';
import { makeDetectedLabels } from './detected-labels.ts';
import { formatQuery } from './format-query.ts';
import { makeLabels, makeLabelValues, makeSeries } from './labels.ts';
import { makePatterns } from './patterns.ts';
import { makeQuery, makeQueryRange } from './query.ts';
import { makeStats } from './stats.ts';
import { buildInfo, drilldownLimits, noAlerts, noRules, ready, refuseRules } from './status.ts';
import { makeVolume, makeVolumeRange } from './volume.ts';

const api = '/loki/api/v1';

/** All routes; those that read take GET and form posts. */
export function makeLokiRoutes(context: LokiContext): Route[] {
  const readers: readonly (readonly [path: string, handler: ApiHandler])[] = [
    [`${api}/query`, makeQuery(context)],
    [`${api}/query_range`, makeQueryRange(context)],
    [`${api}/labels`, makeLabels(context)],
    [`${api}/label`, makeLabels(context)],
    [`${api}/label/:name/values`, makeLabelValues(context)],
    [`${api}/series`, makeSeries(context)],
    [`${api}/index/stats`, makeStats(context)],
    [`${api}/index/volume`, makeVolume(context)],
    [`${api}/index/volume_range`, makeVolumeRange(context)],
    [`${api}/detected_labels`, makeDetectedLabels(context)],
    [`${api}/detected_fields`, makeDetectedFields(context)],
    [`${api}/detected_field/:name/values`, makeDetectedFieldValues(context)],
    [`${api}/patterns`, makePatterns(context)],
    [`${api}/format_query`, formatQuery],
  ];
  return [
    ...readers.flatMap(([path, handler]): Route[] => [
      { method: 'GET', path, handler },
      { method: 'POST', path, handler },
    ]),
    { method: 'GET', path: `${api}/tail`, handler: refusePlainTail },
    { method: 'GET', path: '/ready', handler: ready },
    { method: 'GET', path: `${api}/status/buildinfo`, handler: buildInfo },
    { method: 'GET', path: `${api}/drilldown-limits`, handler: () => drilldownLimits(context) },
    { method: 'GET', path: `${api}/rules`, handler: refuseRules },
    { method: 'GET', path: '/prometheus/api/v1/rules', handler: noRules },
    { method: 'GET', path: '/prometheus/api/v1/alerts', handler: noAlerts },
  ];
}

// Requests for a WebSocket do not come here: tail.ts serves them.
function refusePlainTail(): never {
  const reason = "'upgrade' token not found in 'Connection' header";
  throw new HttpRefusal(400, `websocket: the client is not using the websocket protocol: ${reason}`);
}
