// Why a LogQL query found nothing: asked of the data itself, one cheap question after the other.
import type { LokiClient } from '../../clients/loki.ts';
import { nsToMs } from '../../clients/traces/tree.ts';
import type { Expr, LogExpr, Matcher, MetricExpr } from '../../logql/ast.ts';
import { parse } from '../../logql/parser.ts';
import { findNearest } from '../../std/nearest.ts';
import { formatDurationMs } from '../../std/quantity.ts';
import type { Empty } from '../answers/empty.ts';
import { writeCommand } from './command.ts';
import { describeWindow, type QueryWindow } from './window.ts';

/** How far back the newest record before the window is looked for. */
const lookBackMs = 7 * 86_400_000;
const shownNames = 12;

/** Explains an empty answer. */
export async function explainEmptyLogs(loki: LokiClient, query: string, window: QueryWindow): Promise<Empty> {
  const { from, to } = describeWindow(window);
  const searched = `Searched ${query} from ${from} to ${to}.`;
  const log = findLog(parse(query));
  if (log === undefined) return { searched, findings: [], tries: ['obs discover logs'] };
  const labels = await loki.labels(window);
  if (labels.length === 0) return explainNoStreams(loki, { query, searched, window });
  const wrong = await findWrongMatcher(loki, { log, query, labels, window });
  if (wrong !== undefined) return { searched, ...wrong };
  const selector = `{${log.matchers.map((one) => query.slice(one.start, one.end)).join(', ')}}`;
  const unfiltered = await loki.queryRange({ query: selector, ...window, limit: 1, direction: 'backward' });
  if (unfiltered.kind === 'lines' && unfiltered.entries.length > 0 && log.stages.length > 0) {
    const finding = `${selector} alone matches lines; the stages after it leave none`;
    return { searched, findings: [finding], tries: [writeCommand('logs', [selector], { limit: 5 })] };
  }
  return explainNoStreams(loki, { query, searched, window });
}

interface Asked {
  readonly query: string;
  readonly searched: string;
  readonly window: QueryWindow;
}

async function explainNoStreams(loki: LokiClient, { query, searched, window }: Asked): Promise<Empty> {
  const before = { startMs: window.startMs - lookBackMs, endMs: window.startMs };
  const found = await loki.queryRange({ query, ...before, limit: 1, direction: 'backward' });
  const newest = found.kind === 'lines' ? found.entries[0] : undefined;
  if (newest === undefined) {
    const finding = `no such line in the ${formatDurationMs(lookBackMs)} before the window either`;
    return { searched, findings: [finding], tries: ['obs discover logs', 'obs doctor'] };
  }
  const ageMs = window.startMs - nsToMs(newest.timestampNs);
  const from = new Date(nsToMs(newest.timestampNs) - 1).toISOString();
  return {
    searched,
    findings: [`the newest matching line is ${formatDurationMs(Math.ceil(ageMs / 1000) * 1000)} before the window`],
    tries: [writeCommand('logs', [query], { from })],
  };
}

interface Suspects {
  readonly log: LogExpr;
  readonly query: string;
  readonly labels: readonly string[];
  readonly window: QueryWindow;
}

async function findWrongMatcher(
  loki: LokiClient,
  { log, query, labels, window }: Suspects,
): Promise<Pick<Empty, 'findings' | 'tries'> | undefined> {
  for (const matcher of log.matchers) {
    if (matcher.type !== '=' || matcher.value === '') continue;
    const wrong = labels.includes(matcher.name)
      ? await checkValue(loki, matcher, window)
      : {
          finding: `no stream has the label ${matcher.name}; there ${list(labels)}`,
          mended: mendName(matcher, labels),
        };
    if (wrong === undefined) continue;
    const mended = wrong.mended && query.slice(0, matcher.start) + wrong.mended + query.slice(matcher.end);
    return { findings: [wrong.finding], tries: [mended ? writeCommand('logs', [mended]) : 'obs discover logs'] };
  }
  return undefined;
}

async function checkValue(loki: LokiClient, matcher: Matcher, window: QueryWindow) {
  const values = await loki.labelValues(matcher.name, window);
  if (values.includes(matcher.value)) return undefined;
  const nearest = findNearest(matcher.value, values, 1)[0];
  const finding = `${matcher.name} is never ${JSON.stringify(matcher.value)} there; there ${list(values.map((one) => JSON.stringify(one)))}`;
  return { finding, mended: nearest && `${matcher.name}=${JSON.stringify(nearest)}` };
}

function mendName(matcher: Matcher, labels: readonly string[]): string | undefined {
  const nearest = findNearest(matcher.name, labels, 1)[0];
  return nearest && `${nearest}=${JSON.stringify(matcher.value)}`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).join(', ');
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return `${names.length === 1 ? 'is' : 'are'} ${shown || 'none'}${more}`;
}

function findLog(expr: Expr | MetricExpr): LogExpr | undefined {
  switch (expr.kind) {
    case 'log':
      return expr;
    case 'range_aggregation':
      return expr.range.log;
    case 'vector_aggregation':
    case 'label_replace':
      return findLog(expr.inner);
    case 'binary':
      return findLog(expr.left) ?? findLog(expr.right);
    case 'variants':
      return expr.range.log;
    case 'literal':
    case 'vector':
      return undefined;
  }
}
