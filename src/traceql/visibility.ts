// Which values of which attributes a filter can see, given the conditions of its query (conditions.ts). A value that
// no condition of its type asks for is nil to the filter; of an array only the elements asked for are there.
import type * as ast from './ast.ts';
import type { Condition } from './conditions.ts';
import { listElements, makeComparison, type RegexCache } from './operators.ts';
import { nil, type Static, type StaticType } from './values.ts';

export type Predicate = (value: Static) => boolean;

/** A comparison with a constant, as a query has it. */
export type Comparison = Pick<Condition, 'op' | 'operand'>;

/** Predicates joined by "or". */
export class AnyOf {
  private readonly predicates: Predicate[] = [];
  private readonly comparisons: Comparison[] = [];
  /** Takes everything, absent values too. */
  takesAll = false;

  add(condition: Condition, regexes: RegexCache): void {
    if (condition.op === 'any') this.takesAll = true;
    else {
      this.predicates.push(makePredicate(condition, regexes));
      this.comparisons.push(condition);
    }
  }

  get isEmpty(): boolean {
    return !this.takesAll && this.predicates.length === 0;
  }

  /** Does whatever passes this comparison (undefined: whatever there is) surely pass here? */
  includes(comparison: Comparison | undefined): boolean {
    if (this.takesAll || comparison === undefined) return this.takesAll;
    return this.comparisons.some(({ op, operand }) => op === comparison.op && operand === comparison.operand);
  }

  test(value: Static): boolean {
    return this.takesAll || this.predicates.some((predicate) => predicate(value));
  }
}

/** The test that one condition puts a present value to. */
export function makePredicate({ op, operand }: Condition, regexes: RegexCache): Predicate {
  if (op === 'any' || op === 'exists') return () => true;
  if (op === 'missing' || operand === undefined) return () => false;
  return makeComparison(op, operand, regexes);
}

export type ColumnType = 'string' | 'int' | 'float' | 'boolean';

const columnOfOperand: Partial<Record<StaticType, ColumnType>> = {
  string: 'string',
  strings: 'string',
  int: 'int',
  ints: 'int',
  float: 'float',
  floats: 'float',
  boolean: 'boolean',
  booleans: 'boolean',
};

const columnOfElement: Partial<Record<StaticType, ColumnType>> = {
  strings: 'string',
  ints: 'int',
  floats: 'float',
  booleans: 'boolean',
};

/** The generic attributes of one scope: keys that are looked at, and the values that can be seen, by type. */
export class GenericAttributes {
  readonly keys = new Set<string>();
  private readonly columns: Record<ColumnType, AnyOf> = {
    string: new AnyOf(),
    int: new AnyOf(),
    float: new AnyOf(),
    boolean: new AnyOf(),
  };
  private readonly allConditions: boolean;

  constructor(allConditions: boolean) {
    this.allConditions = allConditions;
  }

  add(condition: Condition, regexes: RegexCache): void {
    this.keys.add(condition.ref.name);
    if (condition.op === 'any' || condition.op === 'exists') {
      for (const column of Object.values(this.columns)) column.add({ ...condition, op: 'any' }, regexes);
      return;
    }
    const column = condition.operand && columnOfOperand[condition.operand.type];
    if (column) this.columns[column].add(condition, regexes);
  }

  /** Does a filter see every value of this type that passes the comparison (undefined: every one)? */
  includes(type: ColumnType, comparison: Comparison | undefined): boolean {
    return this.columns[type].includes(comparison);
  }

  /** Does anything of this scope get read at all? Durations and keywords are types attributes never have. */
  get isRead(): boolean {
    return Object.values(this.columns).some((column) => !column.isEmpty);
  }

  /** With one type of values and all conditions required, an attribute without a visible value is as good as absent. */
  get hidesInvisible(): boolean {
    return this.allConditions && Object.values(this.columns).filter((column) => !column.isEmpty).length === 1;
  }

  /** What can be seen of a value; nil if nothing. */
  see(value: Static): Static {
    const column = columnOfOperand[value.type];
    if (column === undefined) return nil;
    const wanted = this.columns[column];
    if (wanted.takesAll) return value;
    if (columnOfElement[value.type] === undefined) return wanted.test(value) ? value : nil;
    const seen = listElements(value).filter((element) => wanted.test(element));
    return seen.length <= 1
      ? (seen[0] ?? nil)
      : ({ ...value, value: seen.map((s) => (s as { value: unknown }).value) } as Static);
  }
}

/** Attributes that Tempo keeps in columns of their own: their absence can be seen, and other types of them are apart. */
export const dedicatedSpanColumns: ReadonlyMap<string, ColumnType> = new Map([
  ['http.request.method', 'string'],
  ['url.path', 'string'],
  ['url.route', 'string'],
  ['server.address', 'string'],
  ['http.method', 'string'],
  ['http.url', 'string'],
  ['http.route', 'string'],
  ['http.status_code', 'int'],
]);

export const dedicatedResourceColumns: ReadonlyMap<string, ColumnType> = new Map(
  [
    'service.name',
    'cluster',
    'namespace',
    'pod',
    'container',
    'k8s.cluster.name',
    'k8s.namespace.name',
    'k8s.pod.name',
    'k8s.container.name',
  ].map((key) => [key, 'string']),
);

/** Does the condition go to the dedicated column (and not to the generic attributes)? */
export function usesDedicatedColumn(condition: Condition, column: ColumnType): boolean {
  if (condition.op === 'any' || condition.op === 'exists' || condition.op === 'missing') return true;
  return condition.operand !== undefined && columnOfOperand[condition.operand.type] === column;
}

export type Scope = Exclude<ast.AttributeScope, 'none'> | 'trace';

const intrinsicScopes: Partial<Record<ast.Intrinsic, Scope>> = {
  rootName: 'trace',
  rootServiceName: 'trace',
  traceDuration: 'trace',
  'trace:id': 'trace',
  traceStartTime: 'trace',
  'event:name': 'event',
  'event:timeSinceStart': 'event',
  'link:traceID': 'link',
  'link:spanID': 'link',
  'instrumentation:name': 'instrumentation',
  'instrumentation:version': 'instrumentation',
};

/** Where an attribute is looked for; unscoped ones are looked for in both span and resource. */
export function scopesOf(ref: ast.AttributeRef): readonly Scope[] {
  if (ref.intrinsic) return [intrinsicScopes[ref.intrinsic] ?? 'span'];
  return ref.scope === 'none' ? ['span', 'resource'] : [ref.scope];
}
