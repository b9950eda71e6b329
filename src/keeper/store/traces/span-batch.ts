// Spans on their way into the store, as columns: a protobuf body, decoded exports and the rows of an older store are all
// brought into this form first, so that there is one way into the tables and nothing is stored by halves. The arrays are
// used again for the next batch.
import type { Resource, Scope, Span, SpanEvent, SpanLink } from '../../../wire/otlp/types.ts';
import type { Dictionary } from './dictionary.ts';
import { limitAttributes } from './limit-attributes.ts';
import { nanosBetween } from './split-time.ts';

const initialSpans = 1024;
const wordBits = 32n;
const idWords = 4;

/** What few spans have. */
export interface SpanExtras {
  traceState: string;
  droppedAttributesCount: number;
  droppedEventsCount: number;
  droppedLinksCount: number;
  events: SpanEvent[];
  links: SpanLink[];
}

/** Spans of one resource and scope: those below `end` that no group before holds. */
export interface SpanGroup {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly end: number;
}

export class SpanBatch {
  count = 0;
  readonly groups: SpanGroup[] = [];
  /** Four words of each span, most significant first. */
  traceId = new Uint32Array(initialSpans * 4);
  idHigh = new Uint32Array(initialSpans);
  idLow = new Uint32Array(initialSpans);
  parentHigh = new Uint32Array(initialSpans);
  parentLow = new Uint32Array(initialSpans);
  hasParent = new Uint8Array(initialSpans);
  startHigh = new Uint32Array(initialSpans);
  startLow = new Uint32Array(initialSpans);
  endHigh = new Uint32Array(initialSpans);
  endLow = new Uint32Array(initialSpans);
  flags = new Uint32Array(initialSpans);
  kind = new Uint8Array(initialSpans);
  status = new Uint8Array(initialSpans);
  /** Numbers of the dictionary. */
  name = new Uint32Array(initialSpans);
  statusMessage = new Uint32Array(initialSpans);
  /** The span as a field of the body it came in, with tag and length; an end of 0 where its columns do not say just the same. */
  bytesStart = new Uint32Array(initialSpans);
  bytesEnd = new Uint32Array(initialSpans);
  /** Attributes of span `i` are at `attributeStarts[i]` up to `attributeStarts[i + 1]`. */
  attributeStarts = new Uint32Array(initialSpans + 1);
  keys = new Uint32Array(initialSpans * 4);
  values = new Uint32Array(initialSpans * 4);
  private attributeCount = 0;
  private readonly extras = new Map<number, SpanExtras>();

  clear(): void {
    this.count = 0;
    this.attributeCount = 0;
    this.groups.length = 0;
    this.extras.clear();
  }

  /** Begins the next span with everything unset but its ids, texts and attributes; says its number. */
  begin(): number {
    const span = this.count++;
    if (span >= this.idHigh.length) this.grow();
    this.hasParent[span] = 0;
    this.parentHigh[span] = 0;
    this.parentLow[span] = 0;
    this.startHigh[span] = 0;
    this.startLow[span] = 0;
    this.endHigh[span] = 0;
    this.endLow[span] = 0;
    this.flags[span] = 0;
    this.kind[span] = 0;
    this.status[span] = 0;
    this.bytesEnd[span] = 0;
    this.attributeStarts[span + 1] = this.attributeCount;
    return span;
  }

  /** The body is not to be relied on. */
  forgetBytes(): void {
    this.bytesEnd.fill(0);
  }

  /** Does a span follow the one before it without a gap in the body, in the same trace? */
  continuesRun(span: number): boolean {
    const { bytesStart, bytesEnd, traceId } = this;
    if (bytesEnd[span] === 0 || bytesStart[span] !== bytesEnd[span - 1]) return false;
    for (let word = span * idWords; word < (span + 1) * idWords; word++)
      if (traceId[word] !== traceId[word - idWords]) return false;
    return true;
  }

  /** Adds an attribute to the span begun last. */
  addAttribute(key: number, value: number): void {
    if (this.attributeCount === this.keys.length) {
      this.keys = enlarge(this.keys);
      this.values = enlarge(this.values);
    }
    this.keys[this.attributeCount] = key;
    this.values[this.attributeCount++] = value;
    this.attributeStarts[this.count] = this.attributeCount;
  }

  /** How many attributes the span with the most of them has. */
  mostAttributes(): number {
    let most = 0;
    // The columns hold one place more than there are spans.
    for (let i = 0; i < this.count; i++) most = Math.max(most, this.attributeStarts[i + 1]! - this.attributeStarts[i]!);
    return most;
  }

  endGroup(resource: Resource, scope: Scope): void {
    this.groups.push({ resource, scope, end: this.count });
  }

  startNs(span: number): bigint {
    return (BigInt(this.startHigh[span]!) << wordBits) | BigInt(this.startLow[span]!); // spans are in all columns
  }

  endNs(span: number): bigint {
    return (BigInt(this.endHigh[span]!) << wordBits) | BigInt(this.endLow[span]!); // as above
  }

  /** Negative if it ended before it began; rounded beyond 53 bits. */
  durationNs(span: number): number {
    // As above.
    return nanosBetween(this.startHigh[span]!, this.startLow[span]!, this.endHigh[span]!, this.endLow[span]!);
  }

  /** Has any span something beside the columns? */
  get hasExtras(): boolean {
    return this.extras.size > 0;
  }

  /** What the span has beside the columns; undefined for nothing. */
  extrasOf(span: number): SpanExtras | undefined {
    return this.extras.size === 0 ? undefined : this.extras.get(span);
  }

  /** The same, made when there is nothing yet. */
  makeExtras(span: number): SpanExtras {
    const known = this.extras.get(span);
    if (known !== undefined) return known;
    const made: SpanExtras = {
      traceState: '',
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
      events: [],
      links: [],
    };
    this.extras.set(span, made);
    return made;
  }

  /** Adds a decoded span; its trace id has 32 digits. */
  add(span: Span, dictionary: Dictionary): void {
    const at = this.begin();
    for (let word = 0; word < 4; word++)
      this.traceId[at * 4 + word] = Number.parseInt(span.traceId.slice(word * 8, word * 8 + 8), 16);
    [this.idHigh[at], this.idLow[at]] = splitId(span.spanId);
    [this.parentHigh[at], this.parentLow[at]] = splitId(span.parentSpanId);
    this.hasParent[at] = span.parentSpanId === '' ? 0 : 1;
    [this.startHigh[at], this.startLow[at]] = halve(span.startTimeUnixNano);
    [this.endHigh[at], this.endLow[at]] = halve(span.endTimeUnixNano);
    this.flags[at] = span.flags;
    this.kind[at] = span.kind;
    this.status[at] = span.status.code;
    this.name[at] = dictionary.internString(span.name);
    this.statusMessage[at] = dictionary.internString(span.status.message);
    for (const { key, value } of limitAttributes(span.attributes))
      this.addAttribute(dictionary.internKey(key), dictionary.intern(value));
    this.addExtras(at, span);
  }

  private addExtras(at: number, span: Span): void {
    const { traceState, droppedAttributesCount, droppedEventsCount, droppedLinksCount, events, links } = span;
    const isPlain = traceState === '' && droppedAttributesCount + droppedEventsCount + droppedLinksCount === 0;
    if (isPlain && events.length === 0 && links.length === 0) return;
    Object.assign(this.makeExtras(at), {
      traceState,
      droppedAttributesCount,
      droppedEventsCount,
      droppedLinksCount,
      events,
      links,
    });
  }

  private grow(): void {
    this.traceId = enlarge(this.traceId);
    this.idHigh = enlarge(this.idHigh);
    this.idLow = enlarge(this.idLow);
    this.parentHigh = enlarge(this.parentHigh);
    this.parentLow = enlarge(this.parentLow);
    this.hasParent = enlarge(this.hasParent);
    this.startHigh = enlarge(this.startHigh);
    this.startLow = enlarge(this.startLow);
    this.endHigh = enlarge(this.endHigh);
    this.endLow = enlarge(this.endLow);
    this.flags = enlarge(this.flags);
    this.kind = enlarge(this.kind);
    this.status = enlarge(this.status);
    this.name = enlarge(this.name);
    this.statusMessage = enlarge(this.statusMessage);
    this.bytesStart = enlarge(this.bytesStart);
    this.bytesEnd = enlarge(this.bytesEnd);
    this.attributeStarts = enlarge(this.attributeStarts);
  }
}

type Numbers = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

function enlarge<T extends Numbers>(array: T): T {
  // Typed arrays are made by the constructor that made them, so this is a T again.
  const bigger = new (array.constructor as new (length: number) => T)(array.length * 2);
  bigger.set(array);
  return bigger;
}

/** The halves of a span id of up to 16 hex digits. */
export function splitId(id: string): [high: number, low: number] {
  if (id === '') return [0, 0];
  const padded = id.padStart(16, '0');
  return [Number.parseInt(padded.slice(0, 8), 16), Number.parseInt(padded.slice(8, 16), 16)];
}

function halve(ns: bigint): [high: number, low: number] {
  return [Number(BigInt.asUintN(64, ns) >> 32n), Number(BigInt.asUintN(32, ns))];
}
