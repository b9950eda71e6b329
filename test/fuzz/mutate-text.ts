// Malformed queries made from good ones: pieces cut, doubled, moved, replaced by nasty characters or by another query's.
import type { Random } from './random.ts';

const nasty = [...'\u0000"`\\{}()[]|-\n#', '=~', '\uD800', '\u{1F600}', '9'.repeat(40)];

/** A query text with one to four changes. */
export function mutateText(text: string, others: readonly string[], random: Random): string {
  let changed = text;
  for (let count = 1 + random.below(4); count > 0; count -= 1) changed = changeText(changed, others, random);
  return changed;
}

function changeText(text: string, others: readonly string[], random: Random): string {
  const one = random.below(text.length + 1);
  const two = random.below(text.length + 1);
  const [from, to] = [Math.min(one, two), Math.max(one, two)];
  const changes = [
    () => text.slice(0, from) + text.slice(to),
    () => text.slice(0, to) + text.slice(from),
    () => text.slice(0, from) + random.pick(nasty) + text.slice(from),
    () => text.slice(0, from) + random.pick(others).slice(from),
    () => text.slice(0, from) + text.slice(from, to).repeat(1 + random.below(8)) + text.slice(to),
  ];
  return random.pick(changes)();
}
