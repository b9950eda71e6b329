// Whether a trace is whole as far as one can tell from outside: every span's parent is there. Spans are sent when they
// end, so a parent that is missing is a span that is still open, or whose sender was late.
import { obsScopeName } from '../../model/attributes.ts';
import { countOf } from '../../std/plural.ts';
import type { TempoClient } from '../tempo.ts';
import { buildTree } from './tree.ts';

export interface Completeness {
  readonly spans: number;
  /** Those of them that are not of obs itself. */
  readonly appSpans: number;
  /** What is not there yet, in words; null if nothing is known to be missing. */
  readonly missing: string | null;
}

/** Reads a trace and says what of it is missing. */
export async function readCompleteness(tempo: TempoClient, traceId: string): Promise<Completeness> {
  const spans = await tempo.trace(traceId);
  if (spans === null) return { spans: 0, appSpans: 0, missing: `trace ${traceId} has not arrived` };
  const orphans = buildTree(spans).nodes.filter((node) => node.orphan).length;
  const missing =
    orphans === 0 ? null : `${countOf(orphans, 'span')} of trace ${traceId} without a parent, which is still open`;
  return { spans: spans.length, appSpans: spans.filter((span) => span.scope !== obsScopeName).length, missing };
}
