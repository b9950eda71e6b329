// The columns of spans, their events and links, and how one span goes in and comes out unchanged.
import type { EventColumns, LinkColumns, SpanColumns } from '../../../traceql/source.ts';
import type { Span, SpanEvent, SpanLink } from '../../../wire/otlp/types.ts';
import { AttributeTable } from './attribute-table.ts';
import { float64, int32, uint8, uint32 } from './column.ts';
import type { Dictionary } from './dictionary.ts';
import { limitAttributes } from './limit-attributes.ts';
import type { IndexedColumns } from './span-index.ts';

const nanosPerSecond = 1_000_000_000n;

/** What most spans do not have, kept only for those that do. */
interface Rarity {
  readonly traceState: string;
  readonly flags: number;
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  /** Set where duration (53 bits, not negative) cannot give the end back. */
  readonly endTimeUnixNano: bigint | undefined;
}

/** Where a span belongs; ids of the tables beside this one. */
export interface SpanOwner {
  readonly trace: number;
  readonly resource: number;
  readonly scope: number;
}

export class SpanTable {
  private readonly columns = {
    trace: uint32(),
    next: int32(),
    startSec: float64(),
    startNano: uint32(),
    durationNs: float64(),
    idHigh: uint32(),
    idLow: uint32(),
    parentHigh: uint32(),
    parentLow: uint32(),
    hasParent: uint8(),
    name: uint32(),
    statusMessage: uint32(),
    kind: uint8(),
    status: uint8(),
    resource: uint32(),
    scope: uint32(),
    left: int32(),
    right: int32(),
    parent: int32(),
  };
  private readonly attributes = new AttributeTable();
  private readonly events = {
    starts: uint32(),
    name: uint32(),
    sinceStartNs: float64(),
    dropped: uint32(),
    attributes: new AttributeTable(),
  };
  private readonly links = {
    starts: uint32(),
    traceId: uint32(),
    spanId: uint32(),
    traceState: uint32(),
    flags: uint32(),
    dropped: uint32(),
    attributes: new AttributeTable(),
  };
  private readonly rarities = new Map<number, Rarity>();
  private cached: SpanColumns | undefined;
  /** The identity of every span, live: no snapshot is made per span. */
  readonly identity: IndexedColumns & { readonly kind: Uint8Array };

  constructor() {
    this.events.starts.push(0);
    this.links.starts.push(0);
    const { trace, idHigh, idLow, kind } = this.columns;
    this.identity = {
      get trace() {
        return trace.data;
      },
      get idHigh() {
        return idHigh.data;
      },
      get idLow() {
        return idLow.data;
      },
      get kind() {
        return kind.data;
      },
    };
  }

  get count(): number {
    return this.columns.trace.length;
  }

  get bytes(): number {
    const rarityBytes = 120;
    const sum = [...Object.values(this.columns), ...Object.values(this.events), ...Object.values(this.links)];
    return sum.reduce((total, part) => total + part.bytes, this.attributes.bytes + this.rarities.size * rarityBytes);
  }

  /** Adds a span and says its row. */
  append(span: Span, owner: SpanOwner, dictionary: Dictionary): number {
    const row = this.count;
    const c = this.columns;
    this.cached = undefined;
    c.trace.push(owner.trace);
    c.next.push(-1);
    c.startSec.push(Number(span.startTimeUnixNano / nanosPerSecond));
    c.startNano.push(Number(span.startTimeUnixNano % nanosPerSecond));
    c.durationNs.push(
      Number(span.endTimeUnixNano > span.startTimeUnixNano ? span.endTimeUnixNano - span.startTimeUnixNano : 0n),
    );
    const [idHigh, idLow] = splitId(span.spanId);
    c.idHigh.push(idHigh);
    c.idLow.push(idLow);
    const [parentHigh, parentLow] = splitId(span.parentSpanId);
    c.parentHigh.push(parentHigh);
    c.parentLow.push(parentLow);
    c.hasParent.push(span.parentSpanId === '' ? 0 : 1);
    c.name.push(dictionary.internString(span.name));
    c.statusMessage.push(dictionary.internString(span.status.message));
    c.kind.push(span.kind);
    c.status.push(span.status.code);
    c.resource.push(owner.resource);
    c.scope.push(owner.scope);
    for (const tree of [c.left, c.right, c.parent]) tree.push(0);
    this.attributes.append(limitAttributes(span.attributes), dictionary);
    for (const event of span.events) this.appendEvent(event, span.startTimeUnixNano, dictionary);
    for (const link of span.links) this.appendLink(link, dictionary);
    this.events.starts.push(this.events.name.length);
    this.links.starts.push(this.links.traceId.length);
    this.keepRarity(row, span);
    return row;
  }

  /** Chains `row` after `previous`, a row of the same trace. */
  chain(previous: number, row: number): void {
    this.columns.next.data[previous] = row;
  }

  /** The arrays as they are now; valid for reading until the next append. */
  snapshot(): SpanColumns {
    this.cached ??= this.makeSnapshot();
    return this.cached;
  }

  snapshotEvents(): EventColumns {
    const { name, sinceStartNs, attributes } = this.events;
    return { name: name.data, sinceStartNs: sinceStartNs.data, attributes: attributes.snapshot() };
  }

  snapshotLinks(): LinkColumns {
    const { traceId, spanId, attributes } = this.links;
    return { traceId: traceId.data, spanId: spanId.data, attributes: attributes.snapshot() };
  }

  /** Has the span neither events nor links nor anything else that few spans have? */
  isPlain(row: number): boolean {
    const { events, links, rarities } = this;
    const isEmpty = ({ data }: { readonly data: Uint32Array }) => data[row] === data[row + 1];
    return isEmpty(events.starts) && isEmpty(links.starts) && !rarities.has(row);
  }

  /** The span as it came, its trace id aside, which the caller knows. */
  read(row: number, traceId: string, dictionary: Dictionary): Span {
    const c = this.snapshot();
    const text = (id: number) => textOf(id, dictionary);
    const rarity = this.rarities.get(row);
    // `row` is below count, so every column has a value there.
    const startTimeUnixNano = BigInt(c.startSec[row]!) * nanosPerSecond + BigInt(c.startNano[row]!);
    return {
      traceId,
      spanId: joinId(c.idHigh[row]!, c.idLow[row]!),
      traceState: rarity?.traceState ?? '',
      parentSpanId: c.hasParent[row] ? joinId(c.parentHigh[row]!, c.parentLow[row]!) : '',
      flags: rarity?.flags ?? 0,
      name: text(c.name[row]!),
      kind: c.kind[row]!,
      startTimeUnixNano,
      endTimeUnixNano: rarity?.endTimeUnixNano ?? startTimeUnixNano + BigInt(c.durationNs[row]!),
      attributes: this.attributes.read(row, dictionary),
      droppedAttributesCount: rarity?.droppedAttributesCount ?? 0,
      events: this.readEvents(row, startTimeUnixNano, dictionary),
      droppedEventsCount: rarity?.droppedEventsCount ?? 0,
      links: this.readLinks(row, dictionary),
      droppedLinksCount: rarity?.droppedLinksCount ?? 0,
      status: { code: c.status[row]!, message: text(c.statusMessage[row]!) },
    };
  }

  private makeSnapshot(): SpanColumns {
    const c = this.columns;
    return {
      count: this.count,
      trace: c.trace.data,
      next: c.next.data,
      startSec: c.startSec.data,
      startNano: c.startNano.data,
      durationNs: c.durationNs.data,
      idHigh: c.idHigh.data,
      idLow: c.idLow.data,
      parentHigh: c.parentHigh.data,
      parentLow: c.parentLow.data,
      hasParent: c.hasParent.data,
      name: c.name.data,
      statusMessage: c.statusMessage.data,
      kind: c.kind.data,
      status: c.status.data,
      resource: c.resource.data,
      scope: c.scope.data,
      left: c.left.data,
      right: c.right.data,
      parent: c.parent.data,
      attributes: this.attributes.snapshot(),
      eventStarts: this.events.starts.data,
      linkStarts: this.links.starts.data,
    };
  }

  private appendEvent(event: SpanEvent, startNs: bigint, dictionary: Dictionary): void {
    this.events.name.push(dictionary.internString(event.name));
    this.events.sinceStartNs.push(Number(event.timeUnixNano - startNs));
    this.events.dropped.push(event.droppedAttributesCount);
    this.events.attributes.append(limitAttributes(event.attributes), dictionary);
  }

  private appendLink(link: SpanLink, dictionary: Dictionary): void {
    this.links.traceId.push(dictionary.internString(link.traceId));
    this.links.spanId.push(dictionary.internString(link.spanId));
    this.links.traceState.push(dictionary.internString(link.traceState));
    this.links.flags.push(link.flags);
    this.links.dropped.push(link.droppedAttributesCount);
    this.links.attributes.append(limitAttributes(link.attributes), dictionary);
  }

  private keepRarity(row: number, span: Span): void {
    const { traceState, flags, droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
    const duration = span.endTimeUnixNano - span.startTimeUnixNano;
    const isPlain = duration >= 0n && duration <= BigInt(Number.MAX_SAFE_INTEGER);
    if (isPlain && !traceState && !(flags || droppedAttributesCount || droppedEventsCount || droppedLinksCount)) return;
    const endTimeUnixNano = isPlain ? undefined : span.endTimeUnixNano;
    this.rarities.set(row, {
      traceState,
      flags,
      droppedAttributesCount,
      droppedEventsCount,
      droppedLinksCount,
      endTimeUnixNano,
    });
  }

  private readEvents(row: number, startNs: bigint, dictionary: Dictionary): SpanEvent[] {
    const { starts, name, sinceStartNs, dropped, attributes } = this.events;
    // Starts exist up to count + 1, and all columns of events between them.
    return range(starts.data[row]!, starts.data[row + 1]!).map((i) => ({
      timeUnixNano: startNs + BigInt(sinceStartNs.data[i]!),
      name: textOf(name.data[i]!, dictionary),
      attributes: attributes.read(i, dictionary),
      droppedAttributesCount: dropped.data[i]!,
    }));
  }

  private readLinks(row: number, dictionary: Dictionary): SpanLink[] {
    const { starts, traceId, spanId, traceState, flags, dropped, attributes } = this.links;
    // As for events.
    return range(starts.data[row]!, starts.data[row + 1]!).map((i) => ({
      traceId: textOf(traceId.data[i]!, dictionary),
      spanId: textOf(spanId.data[i]!, dictionary),
      traceState: textOf(traceState.data[i]!, dictionary),
      attributes: attributes.read(i, dictionary),
      droppedAttributesCount: dropped.data[i]!,
      flags: flags.data[i]!,
    }));
  }
}

function textOf(id: number, dictionary: Dictionary): string {
  const value = dictionary.rawValue(id);
  return value.kind === 'string' ? value.value : '';
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** The halves of a span id of up to 16 hex digits. */
export function splitId(id: string): [high: number, low: number] {
  if (id === '') return [0, 0];
  const padded = id.padStart(16, '0');
  return [Number.parseInt(padded.slice(0, 8), 16), Number.parseInt(padded.slice(8, 16), 16)];
}

/** 16 hex digits. */
export function joinId(high: number, low: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
