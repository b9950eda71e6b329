// Queries: refused text, and backends that refuse or do not answer.
import { entry } from '../entry.ts';

export const queryErrors = {
  OBS_QUERY_REFUSED: entry<{
    language: string;
    kind: string;
    detail: string;
    line?: number;
    column?: number;
    caret?: string;
    expected?: readonly string[];
    suggestion?: string;
  }>({
    exit: 2,
    what: (d) => `The ${d.language} query is refused${d.line ? ` at ${d.line}:${d.column}` : ''}: ${d.detail}`,
    why: (d) =>
      [d.caret, d.expected?.length ? `Expected ${d.expected.join(' or ')}.` : ''].filter(Boolean).join('\n') ||
      `This is a ${d.kind} error.`,
    fix: (d) => d.suggestion ?? 'obs discover',
  }),
};
