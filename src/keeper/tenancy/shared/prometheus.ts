// What a stack may ask a shared Prometheus or Mimir. https://prometheus.io/docs/prometheus/latest/querying/api/

import { HttpRefusal } from '../../http/refusal.ts';
import { narrowPromql, narrowSelector, selectStack } from '../../narrow/promql.ts';
import { narrowOptional, narrowRequired, pass, type Rule, rewriteParameter } from './rules.ts';

const api = '/api/v1';
const query = narrowRequired('query', narrowPromql);
const selectors = narrowOptional(['match[]'], narrowSelector, selectStack);

export const prometheusRules: readonly Rule[] = [
  { path: `${api}/query`, narrow: query },
  { path: `${api}/query_range`, narrow: query },
  { path: `${api}/query_exemplars`, narrow: query },
  { path: `${api}/series`, narrow: narrowSelectors },
  { path: '/federate', narrow: narrowSelectors },
  { path: `${api}/labels`, narrow: selectors },
  { path: `${api}/label/:name/values`, narrow: selectors },
  { path: `${api}/format_query`, narrow: pass },
  { path: `${api}/parse_query`, narrow: pass },
  { path: `${api}/features`, narrow: pass },
  { path: `${api}/status/buildinfo`, narrow: pass },
  { path: '/-/ready', narrow: pass },
  { path: '/-/healthy', narrow: pass },
];

function narrowSelectors({ question, stackId }: Parameters<Rule['narrow']>[0]) {
  const { isRewritten, ...narrowed } = rewriteParameter(question, 'match[]', (text) => narrowSelector(text, stackId));
  if (!isRewritten) throw new HttpRefusal(400, 'no match[] parameter provided');
  return narrowed;
}
