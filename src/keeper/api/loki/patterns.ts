// patterns: what the lines of a selection have in common, by level, with how often each pattern came per step.
import { evaluateLogs } from '../../../logql/evaluate-logs.ts';
import { parseSelectorOnly } from '../../../logql/parser.ts';
import { PatternTree } from '../../../logql/patterns/pattern-tree.ts';
import { labelValue } from '../../../logql/values.ts';
import type { ApiHandler } from '../../http/types.ts';
import type { LokiContext } from './context.ts';
import { readBounds, readStep } from './params.ts';
import { json } from './query.ts';
import { makeBreather } from './query-breather.ts';

/** Rarer patterns are noise. */
const minLines = 30;
const maxPatterns = 300;
/** Lines looked at; enough for patterns to show, few enough to answer at once. */
const maxLines = 200_000;

/** GET and POST /loki/api/v1/patterns */
export function makePatterns(context: LokiContext): ApiHandler {
  return async ({ query, signal }) => {
    const bounds = readBounds(query, context.nowMs());
    const stepNs = readStep(query, bounds, context.bounds);
    const selector = query.get('query') ?? '';
    const matchers = parseSelectorOnly(selector);
    const { entries } = await evaluateLogs(
      { kind: 'log', matchers, stages: [], start: 0, end: selector.length },
      context.store,
      {
        range: bounds,
        limit: maxLines,
        direction: 'forward',
        intervalNs: 0n,
        breather: makeBreather(context, { signal }),
        stats: { lines: 0, bytes: 0 },
      },
    );
    const trees = new Map<string, PatternTree>();
    for (const { line, timestampNs, labels } of entries) {
      const level = labelValue(labels.structuredMetadata, 'detected_level');
      const tree = trees.get(level) ?? new PatternTree();
      trees.set(level, tree);
      tree.add(line, timestampNs - (timestampNs % stepNs));
    }
    const patterns = [...trees].flatMap(([level, tree]) => tree.list().map((pattern) => ({ ...pattern, level })));
    const frequent = patterns.filter(({ count }) => count >= minLines).sort((a, b) => b.count - a.count);
    const data = frequent.slice(0, maxPatterns).map(({ text, level, times }) => {
      const samples = [...times]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([ns, count]) => [Number(ns / 1_000_000_000n), count]);
      return { pattern: text, level, samples };
    });
    return json(JSON.stringify({ status: 'success', data }));
  };
}
