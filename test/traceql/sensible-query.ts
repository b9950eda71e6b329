// Random TraceQL that makes sense: operators and constants fit the attributes of random-traces.ts, so that most queries find
// something. Made to be asked of ours and of a real server alike.
import { makeRandom } from './random-query.ts';

const comparisons: Readonly<Record<string, readonly string[]>> = {
  name: ['= "a"', '!= "b"', '=~ "a|GET"', '!~ "x.*"'],
  duration: ['> 1s', '< 500ms', '>= 2s', '!= 1s'],
  status: ['= error', '!= error', '= ok'],
  kind: ['= server', '!= client'],
  statusMessage: ['= "no"', '!= "no"'],
  rootName: ['= "a"', '=~ "b|x"'],
  traceDuration: ['> 5s', '< 5s'],
  'resource.service.name': ['= "one"', '!= "two"', '=~ "one|three"'],
  'resource.a': ['= 1', '= "x"', '!= nil', '= nil'],
  '.a': ['= 1', '> 1', '= "x"', '!= "y"', '= true'],
  'span.a': ['= 1', '<= 1', '!= 2', '= 1.5', '> 1.0', '= "x"', '!= nil', '= nil', '= true'],
  'span.b': ['> 500', '< 100.0', '= "x"', '=~ "x|y"', '!= "x"', '!= nil', '= 7'],
  'span.http.url': ['= "/x"', '!= "/x"', '!= nil', '= nil', '= 7'],
  'instrumentation:name': ['= "http"', '!= "db"'],
  nestedSetParent: ['< 0', '> 2'],
};
const structural = ['>', '<', '>>', '<<', '~', '!>', '!<', '!>>', '!<<', '!~', '&>', '&<', '&>>', '&<<', '&~'];
const groups = ['name', 'kind', 'status', 'resource.service.name', 'span.a', 'rootName', 'span.http.url', 'resource.a'];

/** Grows queries, the same for the same seed. */
export class SensibleQuery {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = makeRandom(seed);
  }

  search(): string {
    const stage = this.pick([
      '',
      '',
      ' | count() > 2',
      ' | avg(duration) > 1s',
      ' | max(duration) < 2s',
      ` | select(${this.pick(groups)}, span.b)`,
      ` | by(${this.pick(groups)})`,
      ` | by(${this.pick(groups)}) | count() > 1`,
      ' | sum(duration) > 5s',
    ]);
    return `${this.spansets()}${stage}`;
  }

  metric(): string {
    const by = this.random() < 0.6 ? ` by (${this.pick(groups)}${this.pick(['', `, ${this.pick(groups)}`])})` : '';
    const metric = this.pick([
      'rate()',
      'count_over_time()',
      'min_over_time(duration)',
      'max_over_time(span.b)',
      'avg_over_time(duration)',
      'sum_over_time(duration)',
      'histogram_over_time(duration)',
      'quantile_over_time(duration, .5, .9)',
    ]);
    return `${this.spansets()} | ${metric}${by}`;
  }

  private spansets(): string {
    const one = () => `{ ${this.random() < 0.1 ? '' : this.filter(2)} }`;
    const way = this.random();
    if (way < 0.5) return one();
    if (way < 0.9) return `${one()} ${this.pick(structural)} ${one()}`;
    return `${one()} ${this.pick(['&&', '||'])} ${one()}`;
  }

  private filter(depth: number): string {
    if (depth > 0 && this.random() < 0.4)
      return `${this.filter(depth - 1)} ${this.pick(['&&', '||'])} ${this.filter(depth - 1)}`;
    const [field, tests] = this.pick(Object.entries(comparisons));
    return `${field} ${this.pick(tests)}`;
  }

  private pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!; // below the length, and no list is empty
  }
}
