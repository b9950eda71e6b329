// Queries: refused text, windows that make no sense, and backends that refuse or do not answer.
import { entry } from '../entry.ts';
import { quoteForShell } from '../quote.ts';

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
  OBS_UNKNOWN_STACK: entry<{ stackId: string; known: readonly string[] }>({
    exit: 2,
    what: (d) => `There is no stack ${JSON.stringify(d.stackId.slice(0, 60))}.`,
    why: (d) => (d.known.length > 0 ? `The stacks of this user are ${d.known.join(', ')}.` : 'This user has no stack.'),
    fix: () => 'obs ps',
  }),
  OBS_BAD_TIME: entry<{ field: string; given: string }>({
    exit: 2,
    what: (d) => `${d.field} cannot be read as a time: ${d.given}`,
    why: () => 'A time is RFC 3339 (2026-01-31T12:00:00Z), seconds or milliseconds since 1970, or an age such as 15m.',
    fix: () => 'obs logs --help',
  }),
  OBS_EMPTY_WINDOW: entry<{ from: string; to: string }>({
    exit: 2,
    what: (d) => `The window from ${d.from} to ${d.to} is empty.`,
    why: () => 'Its end lies at or before its start.',
    fix: () => 'obs logs --help',
  }),
  OBS_BAD_CURSOR: entry<{ cursor: string }>({
    exit: 2,
    what: (d) => `The cursor ${JSON.stringify(d.cursor.slice(0, 60))} was not made by this tool.`,
    why: () => 'A cursor is copied as it is from the answer that it continues, and only fits the same query.',
    fix: () => 'obs logs --help',
  }),
  OBS_NO_QUESTION: entry<{ given: number }>({
    exit: 2,
    what: (d) => (d.given === 0 ? 'There is nothing to ask.' : `${d.given} questions were asked at once.`),
    why: () => 'Give one PromQL expression, or one of --p50, --p95, --p99, --rate with a metric; --by goes with those.',
    fix: () => 'obs metrics --help',
  }),
  OBS_UNKNOWN_METRIC: entry<{ metric: string; near: readonly string[] }>({
    exit: 3,
    what: (d) => `There is no metric ${JSON.stringify(d.metric.slice(0, 100))} that can answer this.`,
    why: (d) => (d.near.length > 0 ? `Near it: ${d.near.join(', ')}.` : 'No metric has a name like it.'),
    fix: () => 'obs discover metrics',
  }),
  OBS_WRONG_METRIC: entry<{ metric: string; wanted: string; flag: string }>({
    exit: 2,
    what: (d) => `${d.metric} is not ${d.wanted}.`,
    why: (d) => `${d.flag} needs ${d.wanted}, classic (with _bucket series) or native.`,
    fix: (d) => `obs metrics ${d.metric}`,
  }),
  OBS_UNKNOWN_LABEL: entry<{ metric: string; label: string; known: readonly string[] }>({
    exit: 2,
    what: (d) => `${d.metric} has no label ${JSON.stringify(d.label.slice(0, 100))}, or several that end so.`,
    why: (d) => (d.known.length > 0 ? `It has ${d.known.join(', ')}.` : 'It has no labels.'),
    fix: (d) => `obs metrics ${d.metric}`,
  }),
  OBS_TRACE_NOT_FOUND: entry<{ traceId: string; warnings: readonly string[]; recent: readonly string[] }>({
    exit: 3,
    what: (d) => `There is no trace ${d.traceId}.`,
    why: (d) =>
      [
        ...d.warnings.map((warning) => `It may have been there: ${warning}.`),
        d.recent.length > 0
          ? `The latest traces are ${d.recent.join(', ')}.`
          : 'The stack holds no trace at all in the last hour.',
      ].join(' '),
    fix: (d) => (d.recent[0] === undefined ? 'obs doctor' : `obs trace ${d.recent[0]}`),
  }),
  OBS_SPAN_NOT_FOUND: entry<{ traceId: string; spanId: string }>({
    exit: 3,
    what: (d) => `Trace ${d.traceId} has no span ${JSON.stringify(d.spanId.slice(0, 60))}.`,
    why: () => 'A span id has 16 hexadecimal digits; those of the trace stand beside its rows with --json.',
    fix: (d) => `obs trace ${d.traceId}`,
  }),
  OBS_BAD_TRACE_ID: entry<{ given: string }>({
    exit: 2,
    what: (d) => `${JSON.stringify(d.given.slice(0, 60))} is no trace id.`,
    why: () => 'A trace id has up to 32 hexadecimal digits.',
    fix: () => "obs traces '{}'",
  }),
  OBS_LINES_UNREADABLE: entry<{ query: string; name: string; mended: string }>({
    exit: 2,
    what: (d) => `Some lines could not be read (${d.name}), and Loki computes nothing from them.`,
    why: (d) => `It was asked: ${d.query}`,
    fix: (d) => `obs logs ${quoteForShell(d.mended)}`,
  }),
  OBS_BACKEND_REFUSED: entry<{ server: string; status: number; reason: string; query: string }>({
    exit: 2,
    what: (d) => `${d.server} refuses the query (${d.status}): ${d.reason}`,
    why: (d) => `It was asked: ${d.query}`,
    fix: () => 'obs discover',
  }),
  OBS_BACKEND_FAILED: entry<{ server: string; status: number; reason: string; query: string }>({
    exit: 4,
    what: (d) => `${d.server} failed to answer (${d.status}): ${d.reason}`,
    why: (d) => `It was asked: ${d.query}`,
    fix: () => 'obs doctor',
  }),
  OBS_BACKEND_UNREACHABLE: entry<{ server: string; url: string; reason: string }>({
    exit: 4,
    what: (d) => `${d.server} does not answer at ${d.url}.`,
    why: (d) => d.reason,
    fix: () => 'obs status',
  }),
  OBS_BACKEND_GARBLED: entry<{ server: string; url: string; start: string }>({
    exit: 4,
    what: (d) => `What answers at ${d.url} as ${d.server} does not speak its API.`,
    why: (d) => `The answer begins with ${JSON.stringify(d.start)}.`,
    fix: () => 'obs doctor',
  }),
};
