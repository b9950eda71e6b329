// Random TraceQL: queries grown from the grammar, which mostly parse, and queries damaged, which mostly do not.

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const intrinsics = ['name', 'duration', 'status', 'kind', 'statusMessage', 'rootName', 'traceDuration'];
const moreIntrinsics = [
  'nestedSetLeft',
  'nestedSetParent',
  'span:id',
  'trace:id',
  'event:name',
  'instrumentation:name',
];
const attributes = ['.a', 'span.a', 'span.b', 'resource.service.name', 'span."a b"', 'event.x', 'link.y', '.http.url'];
const values = ['1', '-2', '1.5', '"x"', '`y`', 'true', 'nil', '1s', '250ms', 'error', 'server', '".*"', '"("', '0'];
const fieldOps = ['=', '!=', '<', '<=', '>', '>=', '=~', '!~', '+', '-', '*', '/', '%', '^', '&&', '||'];
const spansetOps = [
  '&&',
  '||',
  '>',
  '<',
  '>>',
  '<<',
  '~',
  '!>',
  '!<',
  '!>>',
  '!<<',
  '!~',
  '&>',
  '&<',
  '&>>',
  '&<<',
  '&~',
];
const shreds = [
  '{',
  '}',
  '(',
  ')',
  '|',
  '"',
  '`',
  '//',
  '/*',
  '\n',
  '.',
  'span.',
  ' by ',
  ' nil ',
  '\u{1F600}',
  '=~',
  ',',
];

/** Grows and damages queries. */
export class RandomQuery {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = makeRandom(seed);
  }

  /** A query by the grammar; most make sense. */
  grow(): string {
    const stages = this.times(3, () => this.stage());
    const query = [this.spanset(2), ...stages, ...(this.chance(0.3) ? [this.metric()] : [])].join(' | ');
    return this.chance(0.1) ? `${query} with (most_recent=true)` : query;
  }

  /** A query with pieces lost, doubled or put in. */
  damage(query: string): string {
    let text = query;
    for (let i = 0; i <= this.below(3); i++) {
      const at = this.below(text.length + 1);
      const length = this.below(4);
      const put = this.chance(0.5) ? this.pick(shreds) : text.slice(at, at + length * 2);
      text = text.slice(0, at) + put + text.slice(at + length);
    }
    return text;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!; // below the length, and no list is empty
  }

  private spanset(depth: number): string {
    if (depth === 0 || this.chance(0.5)) return this.chance(0.1) ? '{ }' : `{ ${this.field(2)} }`;
    if (this.chance(0.2)) return `(${this.spanset(depth - 1)})`;
    return `${this.spanset(depth - 1)} ${this.pick(spansetOps)} ${this.spanset(depth - 1)}`;
  }

  private field(depth: number): string {
    if (depth > 0 && this.chance(0.3))
      return `${this.field(depth - 1)} ${this.pick(fieldOps)} ${this.field(depth - 1)}`;
    if (this.chance(0.1)) return `(${this.field(depth)})`;
    if (this.chance(0.1)) return `${this.pick(['!', '-'])}${this.operand()}`;
    return `${this.operand()} ${this.pick(fieldOps)} ${this.chance(0.8) ? this.pick(values) : this.operand()}`;
  }

  private operand(): string {
    if (this.chance(0.2)) return this.pick(moreIntrinsics);
    return this.chance(0.4) ? this.pick(intrinsics) : this.pick(attributes);
  }

  private stage(): string {
    const aggregate = `${this.pick(['avg', 'max', 'min', 'sum'])}(${this.pick(['duration', ...attributes])})`;
    return this.pick([
      `count() ${this.pick(['>', '=', '!='])} ${this.below(3)}`,
      `${aggregate} > ${this.pick(values)}`,
      `by(${this.operand()})`,
      'coalesce()',
      `select(${this.operand()}, ${this.operand()})`,
      this.spanset(1),
    ]);
  }

  private metric(): string {
    const by = this.chance(0.5) ? ` by (${this.operand()})` : '';
    const metric = this.pick([
      'rate()',
      'count_over_time()',
      `${this.pick(['min', 'max', 'avg', 'sum', 'histogram'])}_over_time(${this.operand()})`,
      'quantile_over_time(duration, .5, .99)',
    ]);
    if (this.chance(0.1)) return `compare({ ${this.field(1)} })`;
    return `${metric}${by}${this.pick(['', '', ' | topk(2)', ' | bottomk(1)', ' > 0.1'])}`;
  }

  private times<T>(below: number, make: () => T): T[] {
    return Array.from({ length: this.below(below) }, make);
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound);
  }
}
