// One pass of fetching: which spans a query gets from the storage under its conditions, and what it sees of each.
import type * as ast from './ast.ts';
import type { Condition } from './conditions.ts';
import {
  type AttributeReader,
  type Field,
  firstOf,
  intrinsicField,
  resourceAttribute,
  restrict,
  scopeAttribute,
  spanAttribute,
} from './fields.ts';
import { ItemReader, type Seen } from './items.ts';
import type { RegexCache } from './operators.ts';
import type { TraceSource } from './source.ts';
import {
  AnyOf,
  dedicatedResourceColumns,
  dedicatedSpanColumns,
  GenericAttributes,
  type Scope,
  scopesOf,
  usesDedicatedColumn,
} from './visibility.ts';

export interface ViewOptions {
  readonly allConditions: boolean;
  /** Bounds that are read for structural operators, whatever the conditions say of them. */
  readonly treeColumns: ReadonlySet<ast.Intrinsic>;
  readonly regexes: RegexCache;
}

interface ScopeReader extends AttributeReader {
  readonly dedicated: Map<string, AnyOf>;
  readonly missing: Set<string>;
  readonly intrinsics: Map<ast.Intrinsic, AnyOf>;
}

type PlainScope = Exclude<Scope, 'event' | 'link'>;
const plainScopes: readonly PlainScope[] = ['span', 'resource', 'instrumentation', 'trace'];
const nestedSets: ReadonlySet<string> = new Set(['nestedSetLeft', 'nestedSetRight', 'nestedSetParent']);

/** The fields that one scope's conditions ask for, each with where it is from. */
interface WantedField {
  readonly scope: PlainScope;
  readonly ref: ast.AttributeRef;
  readonly field: Field;
}

export class FetchView {
  /** Do the nested sets have to be there before a trace is read? */
  readonly needsTree: boolean;
  private readonly source: TraceSource;
  private readonly allConditions: boolean;
  private readonly takesUnfetched: boolean;
  private readonly readers: Record<PlainScope, ScopeReader>;
  private readonly items: Record<'event' | 'link', ItemReader>;
  private readonly wanted: WantedField[] = [];
  private readonly fields = new Map<string, Field>();
  private readonly fetchesStart: boolean;
  private readonly countsTree: boolean;

  constructor(source: TraceSource, conditions: readonly Condition[], options: ViewOptions) {
    this.source = source;
    const isMingled = conditions.some((c) => c.ref.scope === 'none' && !c.ref.intrinsic);
    this.allConditions = options.allConditions && !isMingled;
    const make = () => makeReader(this.allConditions);
    this.readers = { span: make(), resource: make(), instrumentation: make(), trace: make() };
    const itemOptions = { allConditions: this.allConditions };
    this.items = {
      event: new ItemReader('event', source, itemOptions),
      link: new ItemReader('link', source, itemOptions),
    };
    for (const condition of conditions) this.addCondition(condition, options.regexes);
    for (const column of options.treeColumns) {
      const asked = this.readers.span.intrinsics.get(column);
      if (asked) asked.takesAll = true;
    }
    for (const scope of plainScopes) this.addWanted(scope);
    this.fetchesStart = conditions.some((c) => c.ref.intrinsic === 'spanStartTime');
    this.countsTree = options.treeColumns.size > 0;
    this.needsTree = this.countsTree || conditions.some((c) => c.ref.intrinsic && nestedSets.has(c.ref.intrinsic));
    const hasTraceConditions = this.readers.trace.intrinsics.size > 0;
    this.takesUnfetched = conditions.length === 0 && !this.countsTree ? true : hasTraceConditions;
  }

  /** The value of an attribute by row, as the query sees it in this pass. */
  field(ref: ast.AttributeRef): Field {
    const key = `${ref.scope}.${ref.name}/${ref.intrinsic ?? ''}`;
    const known = this.fields.get(key);
    if (known) return known;
    const field = this.makeField(ref);
    this.fields.set(key, field);
    return field;
  }

  /** Is the attribute among what this pass reads? */
  asks(ref: ast.AttributeRef): boolean {
    return scopesOf(ref).some((scope) => {
      if (scope === 'event' || scope === 'link') return this.items[scope].isUsed;
      return ref.intrinsic ? this.readers[scope].intrinsics.has(ref.intrinsic) : isAsked(this.readers[scope], ref.name);
    });
  }

  /** Does the storage hand this span to the evaluator? */
  isFetched(row: number): boolean {
    if (this.allConditions) return this.meetsAll(row);
    return this.takesUnfetched || this.meetsAny(row);
  }

  /** Everything seen of a span, in the order in which later ones replace earlier ones of the same name. */
  list(row: number): Seen[] {
    const seen: Seen[] = [];
    for (const { ref, field } of this.wanted) {
      const value = field.get(row);
      if (value !== undefined && value.type !== 'nil') seen.push({ ref, value });
    }
    return this.readsItems ? [...seen, ...this.listItems(row)] : seen;
  }

  /** Of `list`, what is read of the span itself, its resource, scope and trace. */
  get plainFields(): readonly { readonly ref: ast.AttributeRef; readonly field: Field }[] {
    return this.wanted;
  }

  /** Are events or links read? */
  get readsItems(): boolean {
    return this.items.event.isUsed || this.items.link.isUsed;
  }

  /** Of `list`, what is read of events and links. */
  listItems(row: number): Seen[] {
    return Object.values(this.items).flatMap((reader) =>
      reader.isUsed ? (reader.read(row) ?? []).flatMap((item) => item.filter((s) => s.value.type !== 'nil')) : [],
    );
  }

  private addCondition(condition: Condition, regexes: RegexCache): void {
    for (const scope of scopesOf(condition.ref)) {
      if (scope === 'event' || scope === 'link') this.items[scope].add(condition, regexes);
      else addToReader(this.readers[scope], scope, condition, regexes);
    }
  }

  private addWanted(scope: PlainScope): void {
    const reader = this.readers[scope];
    const names = new Set([...reader.generic.keys, ...reader.dedicated.keys(), ...reader.missing]);
    for (const name of names) {
      const ref: ast.AttributeRef = {
        scope: scope === 'trace' ? 'none' : scope,
        parent: false,
        name,
        intrinsic: undefined,
      };
      this.wanted.push({ scope, ref, field: this.scopedField(scope, name) });
    }
    for (const [intrinsic, anyOf] of reader.intrinsics) {
      const ref: ast.AttributeRef = { scope: 'none', parent: false, name: intrinsic, intrinsic };
      this.wanted.push({ scope, ref, field: restrict(intrinsicField(intrinsic, this.source), anyOf) });
    }
  }

  private makeField(ref: ast.AttributeRef): Field {
    const [scope] = scopesOf(ref);
    if (scope === 'event' || scope === 'link') return this.itemField(this.items[scope], ref);
    if (ref.intrinsic) {
      const wanted = scope && this.readers[scope].intrinsics.get(ref.intrinsic);
      if (!wanted) return nothing;
      // The engine reads bounds from the span itself, where they are 0 if not fetched.
      const field = restrict(intrinsicField(ref.intrinsic, this.source), wanted);
      return nestedSets.has(ref.intrinsic) ? { get: (row) => field.get(row) ?? zero } : field;
    }
    if (ref.scope !== 'none') return scope && scope !== 'trace' ? this.scopedField(scope, ref.name) : nothing;
    const fields = unscoped.map((s) => this.scopedField(s, ref.name)).filter((field) => field !== nothing);
    const coded = fields.filter((field): field is Required<Field> => field.coded !== undefined);
    return firstOf(coded);
  }

  private scopedField(scope: PlainScope, name: string): Field {
    const reader = this.readers[scope];
    if (!isAsked(reader, name)) return nothing;
    if (scope === 'span') return spanAttribute(name, this.source, reader);
    return scope === 'resource'
      ? resourceAttribute(name, this.source, reader)
      : scopeAttribute(name, this.source, reader);
  }

  private itemField(reader: ItemReader, ref: ast.AttributeRef): Field {
    return {
      get: (row) => {
        for (const item of reader.read(row) ?? []) {
          const found = item.find((s) => s.ref.name === ref.name && s.ref.intrinsic === ref.intrinsic);
          if (found) return found.value;
        }
        return undefined;
      },
    };
  }

  private meetsAll(row: number): boolean {
    for (const { field } of this.wanted) {
      const value = field.get(row);
      if (value === undefined || value.type === 'nil') return false;
    }
    return Object.values(this.items).every((reader) => !reader.isUsed || reader.read(row) !== undefined);
  }

  private meetsAny(row: number): boolean {
    if (this.fetchesStart) return true;
    if (this.countsTree && (this.source.spans.left[row] !== 0 || this.source.spans.parent[row] !== 0)) return true;
    for (const { field } of this.wanted) {
      const value = field.get(row);
      if (value !== undefined && value.type !== 'nil') return true;
    }
    return Object.values(this.items).some(
      (reader) => reader.isUsed && (reader.read(row) ?? []).some((item) => item.some((s) => s.value.type !== 'nil')),
    );
  }
}

// Where an attribute without scope is looked for, in this order.
const unscoped = ['span', 'resource', 'instrumentation'] as const;

const nothing: Field = { get: () => undefined };
const zero = { type: 'int', value: 0 } as const;

function makeReader(allConditions: boolean): ScopeReader {
  return {
    generic: new GenericAttributes(allConditions),
    dedicated: new Map(),
    missing: new Set(),
    intrinsics: new Map(),
  };
}

function addToReader(reader: ScopeReader, scope: PlainScope, condition: Condition, regexes: RegexCache): void {
  const { ref, op } = condition;
  if (ref.intrinsic) {
    // These say nothing about values of their own.
    if (ref.intrinsic !== 'spanStartTime' && ref.intrinsic !== 'traceStartTime')
      getOrAdd(reader.intrinsics, ref.intrinsic).add(condition, regexes);
    return;
  }
  const columns = scope === 'span' ? dedicatedSpanColumns : scope === 'resource' ? dedicatedResourceColumns : undefined;
  const column = columns?.get(ref.name);
  if (op === 'missing') reader.missing.add(ref.name);
  else if (column !== undefined && usesDedicatedColumn(condition, column))
    getOrAdd(reader.dedicated, ref.name).add(condition, regexes);
  else reader.generic.add(condition, regexes);
}

function isAsked(reader: ScopeReader, name: string): boolean {
  return reader.generic.keys.has(name) || reader.dedicated.has(name) || reader.missing.has(name);
}

function getOrAdd<K>(map: Map<K, AnyOf>, key: K): AnyOf {
  const known = map.get(key) ?? new AnyOf();
  map.set(key, known);
  return known;
}
