// A log entry as a row of an answer. For agents, what nobody asked for is left out, and the answer says so.
import { nsToMs } from '../../clients/traces/tree.ts';
import type { LogEntry } from '../../wire/loki/decode-query.ts';
import type { LogLineRow } from '../answers/logs.ts';
import { cleanText } from '../render/clean.ts';
import type { ToolContext } from '../tool.ts';
import { fitText, isWhole } from './fit.ts';
import { formatTime } from './window.ts';

const maxLineChars = 600;
const maxLabelChars = 200;
const maxLabels = 8;
/** Labels that have a field of their own. */
const fieldLabels = new Set(['service_name', 'detected_level', 'trace_id', 'span_id']);
/** Labels that say what another one says, or what every line of a stack says: no reader pays for them. */
const noisyLabels = new Set([
  'flags',
  'observed_timestamp',
  'obs_stack',
  'obs_worktree',
  'severity_number',
  'severity_text',
]);

/** The row of an entry. */
export function toLogRow({ timestampNs, labels, line }: LogEntry, context: ToolContext): LogLineRow {
  return {
    time: formatTime(nsToMs(timestampNs)),
    service: labels.service_name ?? null,
    level: labels.detected_level ?? null,
    line: fitText(context, cleanText(line), maxLineChars),
    traceId: labels.trace_id ?? null,
    spanId: labels.span_id ?? null,
    labels: Object.fromEntries(
      listShown(labels, context).map(([name, value]) => [name, fitText(context, cleanText(value), maxLabelChars)]),
    ),
  };
}

/** What rows leave out of these entries, in words; undefined when they are whole. */
export function describeCuts(entries: readonly LogEntry[], context: ToolContext): string | undefined {
  if (isWhole(context)) return undefined;
  const longLines = entries.filter(({ line }) => cleanText(line).length > maxLineChars).length;
  const hidden = new Set<string>();
  for (const { labels } of entries) {
    const shown = new Set(listShown(labels, context).map(([name]) => name));
    for (const name of Object.keys(labels)) if (!shown.has(name) && !fieldLabels.has(name)) hidden.add(name);
  }
  const cuts = [
    ...(longLines > 0 ? [`${longLines} long lines are cut at ${maxLineChars} characters`] : []),
    ...(hidden.size > 0 ? [`labels left out: ${[...hidden].sort().join(', ')}`] : []),
  ];
  return cuts.length > 0 ? cuts.join('; ') : undefined;
}

function listShown(labels: LogEntry['labels'], context: ToolContext): [string, string][] {
  const named = Object.entries(labels).filter(([name]) => !fieldLabels.has(name));
  return isWhole(context) ? named : named.filter(([name]) => !noisyLabels.has(name)).slice(0, maxLabels);
}

/** What every row says alike is said once. */
export function shareLabels(rows: readonly LogLineRow[]): { common: Record<string, string>; lines: LogLineRow[] } {
  const [first, ...rest] = rows;
  if (first === undefined || rest.length === 0) return { common: {}, lines: [...rows] };
  const shared = Object.entries(first.labels).filter(([name, value]) =>
    rest.every((row) => row.labels[name] === value),
  );
  const names = new Set(shared.map(([name]) => name));
  const strip = (labels: LogLineRow['labels']) => Object.entries(labels).filter(([name]) => !names.has(name));
  return {
    common: Object.fromEntries(shared),
    lines: rows.map((row) => ({ ...row, labels: Object.fromEntries(strip(row.labels)) })),
  };
}
