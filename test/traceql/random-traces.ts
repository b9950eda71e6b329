// Random spans as text for trace-text.ts: few names and services, attributes of every type, values that come again and such
// that do not.
import { makeRandom } from './random-query.ts';

/** Lines of `spans` spans in traces of up to a dozen, within ten seconds. */
export function makeRandomTraces(seed: number, spans: number): string {
  const random = makeRandom(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const pick = (items: readonly string[]) => items[below(items.length)] ?? '';
  const lines: string[] = [];
  for (let depth = 0; lines.length < spans; depth = random() < 0.15 ? 0 : Math.min(depth + 1, 1 + below(12))) {
    const words = [
      pick(['a', 'b', 'GET', 'x']),
      pick(['@one', '@two', '@three']),
      `${below(9_000)}ms+${below(3_000)}ms`,
      pick(['server', 'client', 'consumer', '']),
      pick(['ok', 'error', 'error "no"', '', '']),
      pick(['span.a=1', 'span.a=2', 'span.a=-2', 'span.a=1.5', 'span.a="x"', 'span.a=y', 'span.a=true', '']),
      pick([
        'span.b=x',
        `span.b=${below(1_000)}`,
        `span.b=${random()}0`,
        'span.b=[1,2]',
        'span.b=["x","y"]',
        'span.b=["x"]',
        '',
      ]),
      pick([`span.c=${below(300)}`, `span.c=c${below(300)}`, '']),
      pick(['span.http.url=/x', 'span.http.url=nil', 'span.http.url=7', '']),
      pick(['resource.a=1', 'resource.a=x', 'resource.cluster=c', '', '', '']),
      pick(['lib:http/1', 'lib:db', '']),
    ];
    lines.push(' '.repeat(depth) + words.filter((word) => word !== '').join(' '));
  }
  return lines.join('\n');
}
