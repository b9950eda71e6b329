// Why a PromQL expression yielded no series: an unknown metric, an unknown label value, or an old sample.
import type { PrometheusClient } from '../../clients/prometheus.ts';
import type { Expr, VectorSelector } from '../../promql/ast.ts';
import { parsePromql } from '../../promql/parser.ts';
import { findNearest } from '../../std/nearest.ts';
import { formatDurationMs } from '../../std/quantity.ts';
import type { Empty } from '../answers/empty.ts';
import { writeCommand } from './command.ts';
import { describeWindow, type QueryWindow } from './window.ts';

const lookBackMs = 7 * 86_400_000;
const shownNames = 8;

/** Explains an answer without series. */
export async function explainEmptyMetrics(
  prometheus: PrometheusClient,
  query: string,
  window: QueryWindow,
): Promise<Empty> {
  const { from, to } = describeWindow(window);
  const searched = `Evaluated ${query} from ${from} to ${to}.`;
  const known = await prometheus.labelValues('__name__', window);
  for (const selector of listSelectors(parsePromql(query))) {
    if (selector.name === '') continue;
    if (!known.includes(selector.name))
      return { searched, ...(await explainUnknown(prometheus, { query, selector, known, window })) };
    const finding = await explainLabels(prometheus, selector, window);
    if (finding !== undefined)
      return { searched, findings: [finding], tries: [writeCommand('metrics', [selector.name])] };
  }
  const findings = ['every metric of the expression exists; its conditions leave no series'];
  return { searched, findings, tries: ['obs discover metrics'] };
}

interface Unknown {
  readonly query: string;
  readonly selector: VectorSelector;
  readonly known: readonly string[];
  readonly window: QueryWindow;
}

async function explainUnknown(prometheus: PrometheusClient, { query, selector, known, window }: Unknown) {
  const before = { startMs: window.startMs - lookBackMs, endMs: window.startMs };
  if ((await prometheus.labelValues('__name__', before)).includes(selector.name)) {
    const finding = `${selector.name} has samples only before the window`;
    return { findings: [finding], tries: [writeCommand('metrics', [query], { since: formatDurationMs(lookBackMs) })] };
  }
  // A name without its unit or `_total` is the usual slip.
  const related = known.filter((name) => name.startsWith(selector.name) || name.includes(selector.name));
  const nearest = [...new Set([...related, ...findNearest(selector.name, known, shownNames)])].slice(0, shownNames);
  const there = nearest.length > 0 ? `near it: ${nearest.join(', ')}` : `there are ${known.length} metrics`;
  const [first] = nearest;
  const mended = first && query.slice(0, selector.start) + query.slice(selector.start).replace(selector.name, first);
  return {
    findings: [`there is no metric ${selector.name}; ${there}`],
    tries: [mended === undefined ? 'obs discover metrics' : writeCommand('metrics', [mended])],
  };
}

async function explainLabels(
  prometheus: PrometheusClient,
  selector: VectorSelector,
  window: QueryWindow,
): Promise<string | undefined> {
  const series = await prometheus.series(selector.name, window);
  for (const matcher of selector.matchers) {
    if (matcher.name === '__name__' || matcher.type !== '=' || matcher.value === '') continue;
    const values = [...new Set(series.flatMap((labels) => labels[matcher.name] ?? []))].sort();
    if (values.includes(matcher.value)) continue;
    if (values.length === 0) {
      const names = [...new Set(series.flatMap(Object.keys))].filter((name) => name !== '__name__').sort();
      return `${selector.name} has no label ${matcher.name}; it has ${names.join(', ') || 'none'}`;
    }
    const nearest = findNearest(matcher.value, values, shownNames);
    const shown = nearest.length > 0 ? nearest : values.slice(0, shownNames);
    return `${matcher.name} of ${selector.name} is never ${JSON.stringify(matcher.value)}; it is ${shown.map((one) => JSON.stringify(one)).join(', ')}`;
  }
  return undefined;
}

/** All selectors of an expression, in the order of the text. */
export function listSelectors(expr: Expr): VectorSelector[] {
  const found: VectorSelector[] = [];
  const pending: unknown[] = [expr];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    // Every node of the tree says its type, and only selectors say this one.
    if ('type' in node && node.type === 'vectorSelector') found.push(node as VectorSelector);
    else pending.push(...Object.values(node).filter((value) => value !== undefined));
  }
  return found.sort((a, b) => a.start - b.start);
}
