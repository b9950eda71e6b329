// Attributes and their values as compare() lists them: how many spans had each, and which values are frequent enough to be
// shown. Counts by interval are kept for those only.
import type { CompareRoom } from './compare-room.ts';
import { printAttribute } from './print.ts';
import { absentMark, groupKey, nil, type Static } from './values.ts';

/** A value of an attribute. */
export interface Counted {
  readonly value: Static;
  total: number;
  /** By interval, in the room; there once the value was chosen. */
  counts: number | undefined;
}

export interface Attribute {
  readonly name: string;
  readonly byValue: Map<string, Counted>;
  /** Values counted elsewhere, which nothing else here can equal; `total` of the largest decide which are shown. */
  readonly others: Counted[];
  /** Spans with any value, by interval, in the room. */
  readonly totals: number;
}

export class Tally {
  readonly attributes = new Map<string, Attribute>();
  readonly room: CompareRoom;
  private readonly intervals: number;

  /** `intervals`: their number. */
  constructor(room: CompareRoom, intervals: number) {
    this.room = room;
    this.intervals = intervals;
  }

  attribute(name: string): Attribute {
    const known = this.attributes.get(name);
    if (known) return known;
    const made = { name, byValue: new Map(), others: [], totals: this.room.takeZeros(this.intervals) };
    this.attributes.set(name, made);
    return made;
  }

  /** The entry of a value, made if it is new. */
  entry(attribute: Attribute, value: Static): Counted {
    // Arrays lose their values on Tempo's way to the front end.
    const shown = Array.isArray((value as { value?: unknown }).value) ? nil : value;
    const key = groupKey(shown.type === 'nil' ? absentMark : shown);
    const known = attribute.byValue.get(key);
    if (known) return known;
    const made: Counted = { value: shown, total: 0, counts: undefined };
    attribute.byValue.set(key, made);
    return made;
  }

  /** An attribute of which only one thing is counted, and that. */
  single(name: string): { readonly attribute: Attribute; readonly entry: Counted } {
    const attribute = this.attribute(name);
    return { attribute, entry: this.entry(attribute, nil) };
  }

  /** Of each attribute the `most` frequent values; from now on they have counts. */
  choose(most: number): Map<Attribute, readonly Counted[]> {
    const chosen = new Map<Attribute, readonly Counted[]>();
    for (const attribute of this.attributes.values()) {
      const all = [...attribute.byValue.values(), ...attribute.others].sort((a, b) => b.total - a.total);
      const shown = all.slice(0, most);
      for (const counted of shown) counted.counts ??= this.room.takeZeros(this.intervals);
      chosen.set(attribute, shown);
    }
    return chosen;
  }
}

/** How an attribute is called. */
export function nameOf(scope: 'span' | 'resource' | 'instrumentation', name: string): string {
  return printAttribute({ scope, parent: false, name, intrinsic: undefined });
}
