// Attributes and their values as compare() lists them: how many spans of each side had each, and which values are frequent enough to
// be shown. Counts by slot are kept for those only.
import type { QueryError } from '../errors/query-error.ts';
import type { CompareRoom } from './compare-room.ts';
import { type BySide, type Side, type Slots, sides } from './compare-slots.ts';
import { makeTooLarge } from './errors.ts';
import { printAttribute } from './print.ts';
import { absentMark, groupKey, nil, type Static } from './values.ts';

/** A value of an attribute. */
export interface Counted {
  readonly value: Static;
  /** Spans of each side. */
  readonly totals: BySide<number>;
  /** By slot, in the room; there once the value was chosen. */
  counts: number | undefined;
}

export interface Attribute {
  readonly name: string;
  readonly byValue: Map<string, Counted>;
  /** Values counted elsewhere, which nothing else here can equal; `totals` of the largest decide which are shown. */
  readonly others: Counted[];
  /** Spans with any value, by slot, in the room. */
  readonly sums: number;
}

/** The values shown of an attribute; undefined: no span of the side has it. */
export interface Chosen {
  readonly attribute: Attribute;
  readonly values: BySide<readonly Counted[] | undefined>;
}

/** So many counts are kept of what is shown: a quarter of a gigabyte. */
const mostCounts = 2 ** 26;

export class Tally {
  readonly attributes = new Map<string, Attribute>();
  private readonly room: CompareRoom;
  private readonly slots: number;

  constructor({ room, count }: Slots) {
    this.room = room;
    this.slots = count;
  }

  attribute(name: string): Attribute {
    const known = this.attributes.get(name);
    if (known) return known;
    const made = { name, byValue: new Map(), others: [], sums: this.room.takeZeros(this.slots) };
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
    const made: Counted = { value: shown, totals: [0, 0], counts: undefined };
    attribute.byValue.set(key, made);
    return made;
  }

  /** An attribute of which only one thing is counted, and that. */
  single(name: string): { readonly attribute: Attribute; readonly entry: Counted } {
    const attribute = this.attribute(name);
    return { attribute, entry: this.entry(attribute, nil) };
  }

  /**
   * Of each attribute and side the `most` frequent of the values that spans have; from now on they have counts.
   * @throws QueryError if there are too many
   */
  choose(most: number): Chosen[] {
    const chosen = [...this.attributes.values()].map((attribute): Chosen => {
      const all = [...attribute.byValue.values(), ...attribute.others];
      const chooseOf = (side: Side) => {
        const there = all.filter(({ totals }) => totals[side] > 0);
        if (there.length === 0) return undefined;
        return there.sort((a, b) => b.totals[side] - a.totals[side]).slice(0, most);
      };
      return { attribute, values: [chooseOf(sides.baseline), chooseOf(sides.selection)] };
    });
    const shown = new Set(chosen.flatMap(({ values }) => values.flatMap((entries) => entries ?? [])));
    if (shown.size * this.slots > mostCounts) throw makeTooMany(shown.size);
    for (const entry of shown) entry.counts = this.room.takeZeros(this.slots);
    return chosen;
  }
}

function makeTooMany(values: number): QueryError {
  return makeTooLarge(
    `compare() would show ${values} values at too many points in time; ask for fewer, as in compare({ … }, 10), or for a longer step`,
  );
}

/** Adds spans of each side to the totals of an entry. */
export function addToEntry({ totals }: Counted, baseline: number, selection: number): void {
  totals[sides.baseline] += baseline;
  totals[sides.selection] += selection;
}

/** How an attribute is called. */
export function nameOf(scope: 'span' | 'resource' | 'instrumentation', name: string): string {
  return printAttribute({ scope, parent: false, name, intrinsic: undefined });
}
