// Makes random queries from a seed: valid ones by walking the grammar, and broken ones by damaging texts.

export type Random = () => number;

/** Numbers in [0, 1) that depend on the seed only (mulberry32). */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What queries speak of, so that they find something. */
export interface Words {
  /** A selector that finds something, without its last brace. */
  readonly selector: string;
  /** Names of labels and fields. */
  readonly names: readonly string[];
  /** Quoted texts. */
  readonly texts: readonly string[];
  /** Metric expressions without a selector. */
  readonly constants: readonly string[];
  /** What `unwrap` takes. */
  readonly unwrapped: readonly string[];
}

const defaultWords: Words = {
  selector: '{app=~".+"',
  names: ['app', 'level', 'status', 'took', 'size', 'rate', 'x', '__error__', 'user_id'],
  texts: ['"a"', '"error"', '`b`', '""', '".*"', '".+"', '"x|y"', '"\\n"', '"é"', '"(?i)A"'],
  constants: ['vector(2)', '1.5'],
  unwrapped: ['x', 'duration(took)', 'bytes(size)'],
};

export class QueryMaker {
  readonly #random: Random;
  readonly #words: Words;

  constructor(random: Random, words: Words = defaultWords) {
    this.#random = random;
    this.#words = words;
  }

  /** A query of LogQL's grammar; it may still be refused for its meaning. */
  make(): string {
    return this.#pick([() => this.#log(), () => this.#metric(3)])();
  }

  /** A text with a few characters taken out, doubled or swapped. */
  damage(text: string): string {
    const chars = [...text];
    for (let i = 0; i <= this.#below(3); i++) {
      const at = this.#below(Math.max(1, chars.length));
      this.#pick([
        () => chars.splice(at, 1),
        () => chars.splice(at, 0, this.#pick([...'{}[]()|="\\,`~!<>+-*/% 0aé', 'by', 'json'])),
        () => chars.splice(at, 0, ...chars.slice(at, at + 5)),
      ])();
    }
    return chars.join('');
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T; // below() stays within, and no list here is empty
  }

  #many(most: number, make: () => string, separator: string): string {
    return Array.from({ length: this.#below(most + 1) }, make).join(separator);
  }

  #name(): string {
    return this.#pick(this.#words.names);
  }

  #text(): string {
    return this.#pick(this.#words.texts);
  }

  #selector(): string {
    const more = this.#many(2, () => `${this.#name()}${this.#pick(['=', '!=', '=~', '!~'])}${this.#text()}`, ', ');
    return `${this.#words.selector}${more === '' ? '' : `, ${more}`}}`;
  }

  #log(): string {
    return `${this.#selector()} ${this.#many(4, () => this.#stage(), ' ')}`;
  }

  #stage(): string {
    return this.#pick([
      () => `${this.#pick(['|=', '!=', '|~', '!~'])} ${this.#text()}`,
      () => `${this.#pick(['|=', '!='])} ip("10.0.0.0/8")`,
      () => `${this.#pick(['|>', '!>'])} "<_>a<_>"`,
      () => '| json',
      () => `| json ${this.#name()}="a.b[0]"`,
      () => `| logfmt${this.#pick(['', ' --strict', ' --keep-empty'])}`,
      () => '| regexp "(?P<x>.)(?P<y>.*)"',
      () => '| pattern "<x> <_> <y>"',
      () => '| unpack',
      () => '| decolorize',
      () => `| line_format "{{.${this.#name()}}} {{__line__ | len}}"`,
      () => `| label_format z=${this.#name()}, w="{{.x}}"`,
      () => `| ${this.#pick(['drop', 'keep'])} ${this.#name()}, x=~${this.#text()}`,
      () => `| ${this.#filter(2)}`,
    ])();
  }

  #filter(depth: number): string {
    if (depth > 0 && this.#random() < 0.3) {
      return `(${this.#filter(depth - 1)} ${this.#pick(['and', 'or', ','])} ${this.#filter(depth - 1)})`;
    }
    const value = this.#pick(['5', '-1.5', '10s', '1h30m', '2KB', '"a"', 'ip("::1")']);
    return `${this.#name()} ${value.startsWith('"') || value.startsWith('ip') ? this.#pick(['=', '!=']) : this.#pick(['>', '<=', '==', '!='])} ${value}`;
  }

  #grouping(): string {
    return this.#pick(['', ` by (${this.#many(2, () => this.#name(), ', ')})`, ` without (${this.#name()})`]);
  }

  #range(): string {
    const window = this.#pick(['[1m]', '[30s]', '[1h]', '[90s]']);
    const offset = this.#pick(['', '', ' offset 1m', ' offset -30s']);
    return this.#pick([
      () =>
        `${this.#pick(['rate', 'count_over_time', 'bytes_rate', 'absent_over_time'])}(${this.#log()} ${window}${offset})`,
      () =>
        `${this.#pick(['max_over_time', 'avg_over_time', 'stddev_over_time'])}(${this.#log()} | unwrap ${this.#pick(this.#words.unwrapped)} ${window}${offset})${this.#grouping()}`,
      () => `quantile_over_time(0.9, ${this.#log()} | unwrap status ${window}${offset})`,
    ])();
  }

  #metric(depth: number): string {
    if (depth === 0) return this.#pick([() => this.#range(), () => this.#pick(this.#words.constants)])();
    const inner = () => this.#metric(depth - 1);
    return this.#pick([
      () => this.#range(),
      () => `${this.#pick(['sum', 'avg', 'max', 'count', 'stdvar'])}${this.#grouping()} (${inner()})`,
      () => `${this.#pick(['topk', 'bottomk'])}(2, ${inner()})`,
      () => `${this.#pick(['sort', 'sort_desc'])}(${inner()})`,
      () => `(${inner()}) ${this.#pick(['+', '-', '*', '/', '%', '^', '>', '== bool', '!='])} (${inner()})`,
      () => `(${this.#range()}) ${this.#pick(['and', 'or', 'unless'])} on (${this.#name()}) (${this.#range()})`,
      () => `label_replace(${inner()}, "z", "$1", "app", "(.).*")`,
    ])();
  }
}
