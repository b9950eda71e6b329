// Why a LogQL query found nothing: asked of the data itself, one cheap question after the other.
import type { LokiClient } from '../../clients/loki.ts';
import { nsToMs } from '../../clients/traces/tree.ts';
import type { Expr, LogExpr, MetricExpr, Unwrap } from '../../logql/ast.ts';
import { parse } from '../../logql/parser.ts';
import { formatDurationMs } from '../../std/quantity.ts';
import type { Empty } from '../answers/empty.ts';
import { writeCommand } from './command.ts';
import { explainStages } from './emptied-stage.ts';
import { describeWindow, type QueryWindow } from './window.ts';
import { findWrongMatcher } from './wrong-matcher.ts';

/** How far back the newest record before the window is looked for. */
const lookBackMs = 7 * 86_400_000;

/** Explains an empty answer. */
export async function explainEmptyLogs(loki: LokiClient, query: string, window: QueryWindow): Promise<Empty> {
  const { from, to } = describeWindow(window);
  const searched = `Searched ${query} from ${from} to ${to}.`;
  const found = findLog(parse(query));
  if (found === undefined) return { searched, findings: [], tries: ['obs discover logs'] };
  const asked = { loki, query, window, ...found };
  const labels = await loki.labels(window);
  const why =
    (labels.length > 0 ? await findWrongMatcher({ ...asked, labels }) : undefined) ??
    (await explainStages(asked)) ??
    (await findOlderLine(asked));
  return { searched, ...why };
}

/** A log query as it stands in the text that was asked. */
export interface LogQuestion {
  readonly loki: LokiClient;
  /** The whole text; places in `log` and `unwrap` are offsets into it. */
  readonly query: string;
  readonly window: QueryWindow;
  readonly log: LogExpr;
  readonly unwrap?: Unwrap;
}

/** What an explanation adds to what was searched. */
export type Why = Pick<Empty, 'findings' | 'tries'>;

async function findOlderLine({ loki, query, log, window }: LogQuestion): Promise<Why> {
  const before = { startMs: window.startMs - lookBackMs, endMs: window.startMs };
  const lines = query.slice(log.start, log.end);
  const found = await loki.queryRange({ query: lines, ...before, limit: 1, direction: 'backward' });
  const newest = found.kind === 'lines' ? found.entries[0] : undefined;
  if (newest === undefined) {
    const finding = `no such line in the ${formatDurationMs(lookBackMs)} before the window either`;
    return { findings: [finding], tries: ['obs discover logs', 'obs doctor'] };
  }
  const ageMs = window.startMs - nsToMs(newest.timestampNs);
  const from = new Date(nsToMs(newest.timestampNs) - 1).toISOString();
  return {
    findings: [`the newest matching line is ${formatDurationMs(Math.ceil(ageMs / 1000) * 1000)} before the window`],
    tries: [writeCommand('logs', [query], { from })],
  };
}

function findLog(expr: Expr | MetricExpr): Pick<LogQuestion, 'log' | 'unwrap'> | undefined {
  switch (expr.kind) {
    case 'log':
      return { log: expr };
    case 'range_aggregation':
    case 'variants':
      return expr.range;
    case 'vector_aggregation':
    case 'label_replace':
      return findLog(expr.inner);
    case 'binary':
      return findLog(expr.left) ?? findLog(expr.right);
    case 'literal':
    case 'vector':
      return undefined;
  }
}
