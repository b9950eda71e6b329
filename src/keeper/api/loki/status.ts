// What Loki says of itself: readiness, release, limits, and the rules that nothing here has.

import { HttpRefusal } from '../../http/refusal.ts';
import type { ApiResponse } from '../../http/types.ts';
import type { LokiContext } from './context.ts';
import { json } from './query.ts';

/** The release whose behaviour is imitated; Grafana switches features by it. */
const imitatedVersion = '3.7.6';

export function ready(): ApiResponse {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ready\n' };
}

export function buildInfo(): ApiResponse {
  return json(
    JSON.stringify({
      version: imitatedVersion,
      revision: 'obs',
      branch: 'HEAD',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    }),
  );
}

/** What the log apps of Grafana ask before anything else. */
export function drilldownLimits({ bounds }: Pick<LokiContext, 'bounds'>): ApiResponse {
  const limits = {
    discover_log_levels: true,
    max_entries_limit_per_query: bounds.queryRows,
    max_query_series: bounds.querySeries,
    retention_period: '0s',
    volume_enabled: true,
    volume_max_series: 1000,
  };
  return json(JSON.stringify({ limits, pattern_ingester_enabled: true, version: imitatedVersion }));
}

/** Recording and alerting rules by file: there are none, which Loki says so. */
export function refuseRules(): never {
  throw new HttpRefusal(404, 'no rule groups found');
}

/** The same in Prometheus's form. */
export function noRules(): ApiResponse {
  return json(JSON.stringify({ status: 'success', data: { groups: [] }, errorType: '', error: '' }));
}

/** Alerts of those rules. */
export function noAlerts(): ApiResponse {
  return json(JSON.stringify({ status: 'success', data: { alerts: [] }, errorType: '', error: '' }));
}
