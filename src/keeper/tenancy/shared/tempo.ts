// What a stack may ask a shared Tempo. https://grafana.com/docs/tempo/latest/api_docs/
import { stackAttribute } from '../../narrow/stack-label.ts';
import { narrowTraceql, selectStackSpans } from '../../narrow/traceql.ts';
import { hideCondition } from './hide-condition.ts';
import { narrowLegacySearch } from './legacy-search.ts';
import { keepOwnSpans } from './own-spans.ts';
import { addParameter, narrowRequired, pass, type Rule, rewriteParameter } from './rules.ts';
import { narrowTagFilter } from './tag-filter.ts';
import { narrowTagNamesV1, narrowTagValuesV1 } from './tags-v1.ts';

const metrics = narrowRequired('q', narrowTraceql);

export const tempoRules: readonly Rule[] = [
  { path: '/api/search', narrow: narrowSearch },
  { path: '/api/metrics/query_range', narrow: metrics },
  { path: '/api/metrics/query', narrow: metrics },
  { path: '/api/v2/search/tags', narrow: narrowTags },
  { path: '/api/v2/search/tag/:name/values', narrow: narrowTags },
  { path: '/api/search/tags', narrow: narrowTagNamesV1 },
  { path: '/api/search/tag/:name/values', narrow: narrowTagValuesV1 },
  { path: '/api/traces/:name', narrow: narrowTrace('v1') },
  { path: '/api/v2/traces/:name', narrow: narrowTrace('v2') },
  { path: '/api/echo', narrow: pass },
  { path: '/api/status/buildinfo', narrow: pass },
  { path: '/status/buildinfo', narrow: pass },
  { path: '/ready', narrow: pass },
];

function narrowSearch({ question, stackId }: Parameters<Rule['narrow']>[0]) {
  const asked = [question.query, question.form].flatMap((parameters) => parameters?.getAll('q') ?? []).join('');
  if (asked === '') return { ...narrowLegacySearch(question, stackId), changeAnswer: hideCondition };
  const { isRewritten: _, ...narrowed } = rewriteParameter(question, 'q', (text) =>
    text === '' ? selectStackSpans(stackId) : narrowTraceql(text, stackId),
  );
  // Tempo shows the attributes of spans that conditions ask about.
  return asked.includes(stackAttribute) ? narrowed : { ...narrowed, changeAnswer: hideCondition };
}

function narrowTags({ question, stackId }: Parameters<Rule['narrow']>[0]) {
  const { isRewritten, ...narrowed } = rewriteParameter(question, 'q', (text) => narrowTagFilter(text, stackId));
  return isRewritten ? narrowed : addParameter(question, 'q', selectStackSpans(stackId));
}

function narrowTrace(version: 'v1' | 'v2'): Rule['narrow'] {
  return ({ question, stackId }) => ({
    ...question,
    changeAnswer: (answer) => keepOwnSpans(answer, { stackId, version }),
  });
}
