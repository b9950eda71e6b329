// What a stack may ask a shared Loki. https://grafana.com/docs/loki/latest/reference/loki-http-api/
import { narrowLogql, narrowLooseLogql, narrowStreams } from '../../narrow/logql.ts';
import { narrowOptional, narrowRequired, pass, type Rule } from './rules.ts';

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
  { path: `${api}/index/volume`, narrow: streams },
  { path: `${api}/index/volume_range`, narrow: streams },
  { path: `${api}/index/shards`, narrow: looseQuery },
  { path: `${api}/detected_labels`, narrow: streams },
  { path: `${api}/detected_fields`, narrow: looseQuery },
  { path: `${api}/detected_field/:name/values`, narrow: looseQuery },
  { path: `${api}/patterns`, narrow: looseQuery },
  { path: `${api}/format_query`, narrow: pass },
  { path: `${api}/status/buildinfo`, narrow: pass },
  { path: '/ready', narrow: pass },
];
