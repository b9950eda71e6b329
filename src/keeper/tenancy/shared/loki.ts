// What a stack may ask a shared Loki. https://grafana.com/docs/loki/latest/reference/loki-http-api/
import { HttpRefusal } from '../../http/refusal.ts';
import { listLabels, narrowLogql, narrowLooseLogql, narrowStreams } from '../../narrow/logql.ts';
import { addParameter, narrowOptional, narrowRequired, pass, type Rule } from './rules.ts';

const api = '/loki/api/v1';
const query = narrowRequired('query', narrowLogql);
const looseQuery = narrowRequired('query', narrowLooseLogql);
const wholeStack = (stackId: string) => narrowStreams('', stackId);
const streams = narrowOptional(['query'], narrowStreams, wholeStack);

export const lokiRules: readonly Rule[] = [
  { path: `${api}/query`, narrow: query },
  { path: `${api}/query_range`, narrow: query },
  { path: `${api}/tail`, narrow: query },
  { path: `${api}/labels`, narrow: streams },
  { path: `${api}/label`, narrow: streams },
  { path: `${api}/label/:name/values`, narrow: streams },
  { path: `${api}/series`, narrow: narrowOptional(['match[]', 'match'], narrowStreams, wholeStack) },
  { path: `${api}/index/stats`, narrow: looseQuery },
  { path: `${api}/index/volume`, narrow: narrowVolume },
  { path: `${api}/index/volume_range`, narrow: narrowVolume },
  { path: `${api}/index/shards`, narrow: looseQuery },
  { path: `${api}/detected_labels`, narrow: streams },
  { path: `${api}/detected_fields`, narrow: looseQuery },
  { path: `${api}/detected_field/:name/values`, narrow: looseQuery },
  { path: `${api}/patterns`, narrow: looseQuery },
  { path: `${api}/format_query`, narrow: pass },
  { path: `${api}/status/buildinfo`, narrow: pass },
  { path: '/ready', narrow: pass },
];

// Volumes are summed by the labels that the selector names, of which ours would be one more.
function narrowVolume(known: Parameters<Rule['narrow']>[0]) {
  const { question } = known;
  const read = (name: string) => question.form?.get(name) || question.query.get(name) || '';
  const narrowed = streams(known);
  if (read('targetLabels') !== '') return narrowed;
  const labels = [...new Set(listLabels(read('query')))];
  if (labels.length === 0)
    throw new HttpRefusal(
      403,
      'volumes on a shared Loki need a selector or targetLabels, such as {service_name=~".+"}',
    );
  return addParameter(narrowed, 'targetLabels', labels.join(','));
}
