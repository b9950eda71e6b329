// Random OTLP spans of one trace: kinds, statuses, events, links, trace state, counts of what was dropped.
import type { Random } from '../promql/random.ts';
import { makeAttributes, makeId, makeList, makeResource, makeScope } from './random-values.ts';

export interface TraceFrame {
  readonly service: string;
  readonly traceId: string;
  readonly timeNs: bigint;
}

/** An export of one trace with up to four spans. */
export function makeTraceExport(random: Random, { service, traceId, timeNs }: TraceFrame): object {
  const root = makeId(random, 8);
  const children = makeList(random, () => makeSpan(random, { traceId, spanId: makeId(random, 8), timeNs }));
  const spans = [
    makeSpan(random, { traceId, spanId: root, timeNs }),
    ...children.map((span) => ({ ...span, parentSpanId: root })),
  ];
  const scopeSpans = [{ scope: makeScope(random), spans }];
  return { resourceSpans: [{ resource: makeResource(random, service), scopeSpans }] };
}

function makeSpan(
  random: Random,
  { traceId, spanId, timeNs }: { readonly traceId: string; readonly spanId: string; readonly timeNs: bigint },
): object {
  const some = <T extends object>(probability: number, part: T) => (random.chance(probability) ? part : {});
  const startNs = timeNs + BigInt(random.below(1_000_000_000));
  return {
    traceId,
    spanId,
    name: random.pick(['GET /items', '', 'größe', 'SELECT']),
    kind: random.below(6),
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + BigInt(random.below(5) * 1_000_000)),
    attributes: makeAttributes(random),
    events: makeList(random, () => ({
      timeUnixNano: String(startNs + BigInt(random.below(1_000))),
      name: random.pick(['exception', '']),
      attributes: makeAttributes(random),
      ...some(0.2, { droppedAttributesCount: 2 }),
    })),
    links: makeList(random, () => ({
      traceId: makeId(random, 16),
      spanId: makeId(random, 8),
      attributes: makeAttributes(random),
      ...some(0.3, { traceState: 'a=1' }),
      ...some(0.3, { flags: 257 }),
    })),
    status: random.pick([{}, { code: 1 }, { code: 2, message: 'no' }, { message: 'only a word' }]),
    ...some(0.3, { traceState: 'vendor=x,y=2' }),
    ...some(0.3, { flags: 769 }),
    ...some(0.2, { droppedAttributesCount: 3, droppedEventsCount: 1, droppedLinksCount: 2 }),
  };
}
