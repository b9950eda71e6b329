// Which traces a query finds: newest arrivals first until there are enough, or the most recent ones of all.
import type * as ast from './ast.ts';
import { type Plan, planTraceql } from './evaluate.ts';
import type { Spanset } from './pipeline.ts';
import { forEachCandidate } from './scan.ts';
import type { TraceSource } from './source.ts';
import { touchesWindow, type Window } from './window.ts';

export interface SearchOptions extends Window {
  readonly limit: number;
}

export interface FoundTrace {
  readonly trace: number;
  readonly spansets: readonly Spanset[];
}

export interface SearchResult {
  /** Latest start first. */
  readonly traces: readonly FoundTrace[];
  readonly plan: Plan;
  /** What the pipeline groups by, of the trace itself. */
  readonly groupedBy: ReadonlySet<string>;
  readonly inspectedTraces: number;
}

/** Runs a validated query. @throws QueryError of kind execution */
export function searchTraces(query: ast.Query, source: TraceSource, options: SearchOptions): SearchResult {
  const plan = planTraceql(query, source, options);
  const found: FoundTrace[] = [];
  const wantsMostRecent = hasHint(query, 'most_recent');
  let inspectedTraces = 0;
  if (!plan.isNoop) {
    forEachCandidate(source, plan, (trace) => {
      if (!touchesWindow(source, trace, options)) return 'go on';
      inspectedTraces++;
      const spansets = plan.evaluate(trace);
      if (spansets.length > 0) found.push({ trace, spansets });
      return found.length >= options.limit && !wantsMostRecent ? 'stop' : 'go on';
    });
  }
  found.sort((a, b) => compareStarts(source, b.trace, a.trace));
  return { traces: found.slice(0, options.limit), plan, groupedBy: listGroups(query.pipeline), inspectedTraces };
}

function listGroups(pipeline: ast.Pipeline): Set<string> {
  const names = pipeline.elements.flatMap((element) => {
    if (element.type === 'pipeline') return [...listGroups(element)];
    if (element.type !== 'by' || element.expression.type !== 'attribute') return [];
    return element.expression.ref.intrinsic ?? [];
  });
  return new Set(names);
}

/** Is the boolean hint given and true? */
export function hasHint(query: ast.Query, name: string): boolean {
  const value = query.hints?.find((hint) => hint.name === name && hint.value.type === 'boolean')?.value;
  return value?.type === 'boolean' && value.value;
}

function compareStarts({ traces }: TraceSource, a: number, b: number): number {
  // Traces are of the source.
  return traces.startSec[a]! - traces.startSec[b]! || traces.startNano[a]! - traces.startNano[b]!;
}
