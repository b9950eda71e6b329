// Events and links of a span as its filter sees them: several per span, of which a field takes the first that has it.
import type * as ast from './ast.ts';
import type { Condition } from './conditions.ts';
import type { RegexCache } from './operators.ts';
import type { AttributeColumns, TraceSource } from './source.ts';
import { absentMark, type Static } from './values.ts';
import { GenericAttributes, makePredicate, type Predicate } from './visibility.ts';

export interface Seen {
  readonly ref: ast.AttributeRef;
  readonly value: Static;
}

type ItemScope = 'event' | 'link';

/** Reads the events or links of one query. */
export class ItemReader {
  private readonly scope: ItemScope;
  private readonly source: TraceSource;
  private readonly allConditions: boolean;
  private readonly generic: GenericAttributes;
  private readonly intrinsics: {
    readonly ref: ast.AttributeRef;
    readonly wanted: Predicate;
    readonly takesAll: boolean;
  }[] = [];
  private readonly missing: ast.AttributeRef[] = [];
  private readonly names = new Set<string>();

  constructor(scope: ItemScope, source: TraceSource, options: { readonly allConditions: boolean }) {
    this.scope = scope;
    this.source = source;
    this.allConditions = options.allConditions;
    this.generic = new GenericAttributes(options.allConditions);
  }

  add(condition: Condition, regexes: RegexCache): void {
    const { ref, op } = condition;
    this.names.add(ref.name);
    if (ref.intrinsic) {
      this.intrinsics.push({ ref, wanted: makePredicate(condition, regexes), takesAll: op === 'any' });
    } else if (op === 'missing') this.missing.push(ref);
    else this.generic.add(condition, regexes);
  }

  get isUsed(): boolean {
    return this.names.size > 0;
  }

  /** What each item shows; undefined if the span must not be fetched. A span without items shows one empty item. */
  read(row: number): Seen[][] | undefined {
    const starts = this.scope === 'event' ? this.source.spans.eventStarts : this.source.spans.linkStarts;
    const first = starts[row]!; // rows have a start and an end
    const end = starts[row + 1]!;
    const kept: Seen[][] = [];
    for (let item = first === end ? -1 : first; item < end; item = item === -1 ? end : item + 1) {
      const seen = this.readItem(item);
      if (seen) kept.push(seen);
    }
    return kept.length === 0 && this.allConditions ? undefined : kept;
  }

  private readItem(item: number): Seen[] | undefined {
    const seen: Seen[] = [];
    const isGenericMet = this.readGeneric(item, seen);
    let met = isGenericMet;
    for (const { ref, wanted, takesAll } of this.intrinsics) {
      const value = this.readIntrinsic(ref.intrinsic, item);
      if (takesAll || (item !== -1 && wanted(value))) seen.push({ ref, value });
      else met = false;
    }
    for (const ref of this.missing) {
      if (item === -1 || this.findKey(item, ref.name) === -1) seen.push({ ref, value: absentMark });
      else met = false;
    }
    if (this.allConditions && (!met || seen.length < this.names.size)) return undefined;
    return seen;
  }

  private readGeneric(item: number, seen: Seen[]): boolean {
    if (this.generic.keys.size === 0 || !this.generic.isRead) return true;
    if (item === -1) return false;
    const { starts, keys, values } = this.attributes;
    let any = false;
    // Items have a start and an end, and attributes between them.
    for (let i = starts[item]!; i < starts[item + 1]!; i++) {
      const name = this.source.key(keys[i]!);
      if (!this.generic.keys.has(name)) continue;
      const value = this.generic.see(this.source.value(values[i]!));
      if (value.type === 'nil' && this.generic.hidesInvisible) continue;
      seen.push({ ref: { scope: this.scope, parent: false, name, intrinsic: undefined }, value });
      any = true;
    }
    return any;
  }

  private get attributes(): AttributeColumns {
    return this.scope === 'event' ? this.source.events.attributes : this.source.links.attributes;
  }

  private findKey(item: number, name: string): number {
    const key = this.source.keyId(name);
    const { starts, keys } = this.attributes;
    for (let i = starts[item]!; key !== undefined && i < starts[item + 1]!; i++) if (keys[i] === key) return i;
    return -1;
  }

  private readIntrinsic(intrinsic: ast.Intrinsic | undefined, item: number): Static {
    const { events, links } = this.source;
    const text = (id: number): string => {
      const value = this.source.value(id);
      return value.type === 'string' ? value.value : '';
    };
    if (intrinsic === 'event:timeSinceStart')
      return { type: 'duration', value: item === -1 ? 0 : events.sinceStartNs[item]! };
    if (intrinsic === 'event:name') return { type: 'string', value: item === -1 ? '' : text(events.name[item]!) };
    if (intrinsic === 'link:traceID')
      return { type: 'string', value: item === -1 ? '' : text(links.traceId[item]!).replace(/^0+/, '') };
    return { type: 'string', value: item === -1 ? '0'.repeat(16) : text(links.spanId[item]!).padStart(16, '0') };
  }
}
