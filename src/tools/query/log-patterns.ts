// What many lines have in common: patterns with counts, most frequent first. Found here and not by the server, since Loki
// only has patterns where its pattern ingester is on, and leaves out the rare ones, which say most.
import { nsToMs } from '../../clients/traces/tree.ts';
import { PatternTree } from '../../logql/patterns/pattern-tree.ts';
import type { LogEntry } from '../../wire/loki/decode-query.ts';
import type { LogPatternRow } from '../answers/logs.ts';
import { cleanText } from '../render/clean.ts';
import { formatTime } from './window.ts';

interface Group {
  readonly service: string | null;
  readonly level: string | null;
  readonly tree: PatternTree;
  /** Lines too short for a pattern, by their text. */
  readonly plain: Map<string, bigint[]>;
}

/** Patterns of the lines, by service and level. */
export function findLogPatterns(entries: readonly LogEntry[]): LogPatternRow[] {
  const groups = new Map<string, Group>();
  for (const { labels, line, timestampNs } of entries) {
    const service = labels.service_name ?? null;
    const level = labels.detected_level ?? null;
    const key = JSON.stringify([service, level]);
    const group = groups.get(key) ?? { service, level, tree: new PatternTree(), plain: new Map() };
    groups.set(key, group);
    if (group.tree.add(line, timestampNs)) continue;
    group.plain.set(line, [...(group.plain.get(line) ?? []), timestampNs]);
  }
  return [...groups.values()].flatMap(listGroup).sort((a, b) => b.count - a.count);
}

function listGroup({ service, level, tree, plain }: Group): LogPatternRow[] {
  const patterns = tree.list().map(({ text, count, times }) => ({ text, count, times: [...times.keys()] }));
  const lines = [...plain].map(([text, times]) => ({ text, count: times.length, times }));
  return [...patterns, ...lines].map(({ text, count, times }) => ({
    pattern: cleanText(text),
    count,
    service,
    level,
    firstTime: formatNs(times.reduce((least, time) => (time < least ? time : least))),
    lastTime: formatNs(times.reduce((most, time) => (time > most ? time : most))),
  }));
}

function formatNs(timestampNs: bigint): string {
  return formatTime(nsToMs(timestampNs));
}

/** The query for the lines of a pattern. */
export function writePatternQuery(query: string, { pattern }: LogPatternRow): string {
  const quoted = pattern.includes('`') || pattern.includes('\n') ? JSON.stringify(pattern) : `\`${pattern}\``;
  // A filter for a pattern needs a part that varies; without one it is a plain filter.
  return `${query} ${pattern.includes('<_>') ? '|>' : '|='} ${quoted}`;
}
