// The columns of spans, their events and links, and how one span goes in and comes out unchanged.
import type { EventColumns, LinkColumns, SpanColumns, SpanForms } from '../../../traceql/source.ts';
import type { Span, SpanEvent, SpanLink } from '../../../wire/otlp/types.ts';
import { AttributeTable } from './attribute-table.ts';
import { BlockExtremes } from './block-extremes.ts';
import { float64, int32, uint8, uint32 } from './column.ts';
import type { Dictionary } from './dictionary.ts';
import { KeyColumns } from './key-columns.ts';
import { limitAttributes } from './limit-attributes.ts';
import type { Renumbering } from './renumbering.ts';
import type { SpanBatch } from './span-batch.ts';
import { FormColumn } from './span-forms.ts';
import type { IndexedColumns, SpanKey } from './span-index.ts';
import { nanosOf, secondsOf } from './split-time.ts';

const nanosPerSecond = 1_000_000_000n;
const wordBits = 32n;

/** What most spans do not have, kept only for those that do. */
interface Rarity {
  readonly traceState: string;
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  /** Set where duration (53 bits, not negative) cannot give the end back. */
  readonly endTimeUnixNano: bigint | undefined;
}

/** Spans of a batch from `start` up to `end`, and the ids of what they belong to. */
export interface SpanRun {
  readonly start: number;
  readonly end: number;
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
    flags: uint32(),
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
  private readonly keyColumns = new KeyColumns();
  private readonly forms = new FormColumn();
  private readonly extremes = { startSec: new BlockExtremes(), durationNs: new BlockExtremes() };
  private cached: SpanColumns | undefined;
  /** Rows begun; as many as there are rows when a run was added. */
  private begun = 0;

  constructor() {
    this.events.starts.push(0);
    this.links.starts.push(0);
  }

  get count(): number {
    return this.columns.trace.length;
  }

  get bytes(): number {
    const rarityBytes = 120;
    const sum = [...Object.values(this.columns), ...Object.values(this.events), ...Object.values(this.links)];
    return sum.reduce(
      (total, part) => total + part.bytes,
      this.attributes.bytes + this.keyColumns.bytes + this.forms.bytes + this.rarities.size * rarityBytes,
    );
  }

  /** By row; valid as a snapshot is. */
  get flags(): Uint32Array {
    return this.columns.flags.data;
  }

  /** Makes room for as many spans as another table has room for; their events and links still grow step by step. */
  reserveAs(other: SpanTable): void {
    for (const column of Object.values(this.columns)) column.reserve(other.columns.trace.data.length);
    this.attributes.reserveAs(other.attributes);
  }

  /** Makes room for so many rows to be begun. */
  prepare(count: number): void {
    const { trace, next, idHigh, idLow, kind } = this.columns;
    for (const column of [trace, next, idHigh, idLow, kind]) column.reserve(count);
  }

  /** Begins a row with what tells a span of a batch from others of its trace; `appendRun` adds the rest. */
  begin(batch: SpanBatch, span: number, trace: number): number {
    const c = this.columns;
    const row = this.begun++;
    c.trace.data[row] = trace;
    c.next.data[row] = -1;
    // Spans of a batch are in all of its columns.
    c.idHigh.data[row] = batch.idHigh[span]!;
    c.idLow.data[row] = batch.idLow[span]!;
    c.kind.data[row] = batch.kind[span]!;
    return row;
  }

  /** What tells spans apart, by row and without a snapshot; valid until the next change. */
  get identity(): IndexedColumns {
    const { trace, idHigh, idLow, kind } = this.columns;
    return { trace: trace.data, idHigh: idHigh.data, idLow: idLow.data, kind: kind.data };
  }

  /** Adds the rest of the rows begun last: the spans of a batch from `start` up to `end`. */
  appendRun(batch: SpanBatch, { start, end, resource, scope }: SpanRun, dictionary: Dictionary): void {
    const c = this.columns;
    const count = end - start;
    const firstRow = this.count;
    this.cached = undefined;
    for (const column of [c.trace, c.next, c.idHigh, c.idLow, c.kind]) column.open(count); // written by begin
    c.parentHigh.pushFrom(batch.parentHigh, start, end);
    c.parentLow.pushFrom(batch.parentLow, start, end);
    c.hasParent.pushFrom(batch.hasParent, start, end);
    c.flags.pushFrom(batch.flags, start, end);
    c.name.pushFrom(batch.name, start, end);
    c.statusMessage.pushFrom(batch.statusMessage, start, end);
    c.status.pushFrom(batch.status, start, end);
    c.resource.pushMany(resource, count);
    c.scope.pushMany(scope, count);
    for (const bound of [c.left, c.right, c.parent]) bound.pushMany(0, count);
    this.attributes.appendRun(batch, start, end);
    this.appendTimes(batch, start, end);
    for (let span = start; span < end; span++) this.keepRarity(firstRow + span - start, batch, span);
    if (batch.hasExtras) for (let span = start; span < end; span++) this.appendItems(batch, span, dictionary);
    else {
      this.events.starts.pushMany(this.events.name.length, count);
      this.links.starts.pushMany(this.links.traceId.length, count);
    }
  }

  /** The next row of the same trace; -1 after the last. */
  next(row: number): number {
    return this.columns.next.data[row]!; // rows are below count
  }

  /** The first row of a trace from `row` on that has this id, and kind if one is given; -1: none. */
  findInTrace(row: number, { high, low, kind }: SpanKey): number {
    const { next, idHigh, idLow, kind: kinds } = this.columns;
    let at = row;
    // Chains hold rows only.
    while (
      at !== -1 &&
      (idLow.data[at] !== low || idHigh.data[at] !== high || (kind !== undefined && kinds.data[at] !== kind))
    )
      at = next.data[at]!;
    return at;
  }

  /** Puts a row into a batch, numbers for numbers; `renumber` knows those of the batch's dictionary. */
  stage(row: number, batch: SpanBatch, renumber: Renumbering): void {
    const at = batch.begin();
    const c = this.columns;
    const rarity = this.rarities.get(row);
    // `row` is below count, so every column has a value there.
    const startNs = this.startNs(row);
    const endNs = rarity?.endTimeUnixNano ?? startNs + BigInt(c.durationNs.data[row]!);
    batch.idHigh[at] = c.idHigh.data[row]!;
    batch.idLow[at] = c.idLow.data[row]!;
    batch.parentHigh[at] = c.parentHigh.data[row]!;
    batch.parentLow[at] = c.parentLow.data[row]!;
    batch.hasParent[at] = c.hasParent.data[row]!;
    batch.startHigh[at] = Number(startNs >> wordBits);
    batch.startLow[at] = Number(BigInt.asUintN(32, startNs));
    batch.endHigh[at] = Number(endNs >> wordBits);
    batch.endLow[at] = Number(BigInt.asUintN(32, endNs));
    batch.flags[at] = c.flags.data[row]!;
    batch.kind[at] = c.kind.data[row]!;
    batch.status[at] = c.status.data[row]!;
    batch.name[at] = renumber.value(c.name.data[row]!);
    batch.statusMessage[at] = renumber.value(c.statusMessage.data[row]!);
    const { starts, keys, values } = this.attributes.snapshot();
    for (let i = starts[row]!; i < starts[row + 1]!; i++)
      batch.addAttribute(renumber.key(keys[i]!), renumber.value(values[i]!));
    if (this.isPlain(row)) return;
    Object.assign(batch.makeExtras(at), {
      ...this.readCounts(rarity),
      events: this.readEvents(row, startNs, renumber.from),
      links: this.readLinks(row, renumber.from),
    });
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

  /** By row: value id + 1 of the attribute with this key, 0 where a span has none. Valid as a snapshot is. */
  attributeColumn(key: number): Uint32Array {
    return this.keyColumns.get(key, this.attributes.snapshot(), this.count);
  }

  /** The forms of all spans; `types` by value id. Valid as a snapshot is. */
  spanForms(types: Uint8Array): SpanForms {
    return this.forms.upTo(this.snapshot(), types);
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
    const c = { ...this.snapshot(), flags: this.columns.flags.data };
    const rarity = this.rarities.get(row);
    // `row` is below count, so every column has a value there.
    const startTimeUnixNano = this.startNs(row);
    return {
      traceId,
      spanId: joinId(c.idHigh[row]!, c.idLow[row]!),
      ...this.readCounts(rarity),
      parentSpanId: c.hasParent[row] ? joinId(c.parentHigh[row]!, c.parentLow[row]!) : '',
      flags: c.flags[row]!,
      name: dictionary.text(c.name[row]!),
      kind: c.kind[row]!,
      startTimeUnixNano,
      endTimeUnixNano: rarity?.endTimeUnixNano ?? startTimeUnixNano + BigInt(c.durationNs[row]!),
      attributes: this.attributes.read(row, dictionary),
      events: this.readEvents(row, startTimeUnixNano, dictionary),
      links: this.readLinks(row, dictionary),
      status: { code: c.status[row]!, message: dictionary.text(c.statusMessage[row]!) },
    };
  }

  private readCounts(rarity: Rarity | undefined) {
    return {
      traceState: rarity?.traceState ?? '',
      droppedAttributesCount: rarity?.droppedAttributesCount ?? 0,
      droppedEventsCount: rarity?.droppedEventsCount ?? 0,
      droppedLinksCount: rarity?.droppedLinksCount ?? 0,
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
      startSecExtremes: this.extremes.startSec.upTo(c.startSec.data, this.count),
      durationExtremes: this.extremes.durationNs.upTo(c.durationNs.data, this.count),
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

  private appendTimes(batch: SpanBatch, start: number, end: number): void {
    const { startSec, startNano, durationNs } = this.columns;
    const shift = startSec.length - start;
    const secs = startSec.open(end - start);
    const nanos = startNano.open(end - start);
    const durations = durationNs.open(end - start);
    for (let span = start; span < end; span++) {
      const sec = secondsOf(batch.startHigh[span]!, batch.startLow[span]!); // spans of a batch are in all of its columns
      secs[span + shift] = sec;
      nanos[span + shift] = nanosOf(batch.startLow[span]!, sec);
      durations[span + shift] = Math.max(0, batch.durationNs(span));
    }
  }

  private appendItems(batch: SpanBatch, span: number, dictionary: Dictionary): void {
    const extras = batch.extrasOf(span);
    if (extras !== undefined) {
      const startNs = batch.startNs(span);
      for (const event of extras.events) this.appendEvent(event, startNs, dictionary);
      for (const link of extras.links) this.appendLink(link, dictionary);
    }
    this.events.starts.push(this.events.name.length);
    this.links.starts.push(this.links.traceId.length);
  }

  private startNs(row: number): bigint {
    const { startSec, startNano } = this.columns;
    return BigInt(startSec.data[row]!) * nanosPerSecond + BigInt(startNano.data[row]!); // below count
  }

  private keepRarity(row: number, batch: SpanBatch, span: number): void {
    const extras = batch.extrasOf(span);
    const durationNs = batch.durationNs(span);
    const isExact = durationNs >= 0 && durationNs <= Number.MAX_SAFE_INTEGER;
    if (isExact && extras === undefined) return;
    const rarity = {
      traceState: extras?.traceState ?? '',
      droppedAttributesCount: extras?.droppedAttributesCount ?? 0,
      droppedEventsCount: extras?.droppedEventsCount ?? 0,
      droppedLinksCount: extras?.droppedLinksCount ?? 0,
      endTimeUnixNano: isExact ? undefined : batch.endNs(span),
    };
    if (Object.values(rarity).some(Boolean) || rarity.endTimeUnixNano === 0n) this.rarities.set(row, rarity);
  }

  private readEvents(row: number, startNs: bigint, dictionary: Dictionary): SpanEvent[] {
    const { starts, name, sinceStartNs, dropped, attributes } = this.events;
    // Starts exist up to count + 1, and all columns of events between them.
    return range(starts.data[row]!, starts.data[row + 1]!).map((i) => ({
      timeUnixNano: startNs + BigInt(sinceStartNs.data[i]!),
      name: dictionary.text(name.data[i]!),
      attributes: attributes.read(i, dictionary),
      droppedAttributesCount: dropped.data[i]!,
    }));
  }

  private readLinks(row: number, dictionary: Dictionary): SpanLink[] {
    const { starts, traceId, spanId, traceState, flags, dropped, attributes } = this.links;
    // As for events.
    return range(starts.data[row]!, starts.data[row + 1]!).map((i) => ({
      traceId: dictionary.text(traceId.data[i]!),
      spanId: dictionary.text(spanId.data[i]!),
      traceState: dictionary.text(traceState.data[i]!),
      attributes: attributes.read(i, dictionary),
      droppedAttributesCount: dropped.data[i]!,
      flags: flags.data[i]!,
    }));
  }
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** 16 hex digits. */
export function joinId(high: number, low: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
