// Forms say of all spans together what each span has, however many values there are and whenever spans came.
import { describe, expect, it } from 'vitest';
import { parseTraces } from '../../../../test/traceql/trace-text.ts';
import { noForm, type TraceSource } from '../../../traceql/source.ts';
import { FormColumn } from './span-forms.ts';
import { TraceStore } from './trace-store.ts';

describe('forms', () => {
  it.each([
    ['few values', 7],
    ['many values', 400],
  ])('count each pair as often as spans have it, with %s', (_, values) => {
    const store = new TraceStore();
    const line = (i: number) => `n${i % 3} @shop ${i}ms+1ms span.few=${i % 2} span.some=v${(i * i) % values}`;
    const lines = Array.from({ length: 1_000 }, (_, i) => line(i));
    store.ingest(parseTraces(lines.slice(0, 600).join('\n')));
    store.snapshot().forms();
    store.ingest(parseTraces(lines.join('\n'))); // what came before is taken once
    const source = store.snapshot();
    const expected = new Map<string, number>();
    const add = (text: string) => expected.set(text, (expected.get(text) ?? 0) + 1);
    for (const i of lines.keys()) for (const text of [`some=v${(i * i) % values}`, `few=${i % 2}`]) add(text);
    expect(countPairs(source)).toEqual(expected);
  });

  it('stay few where many keys have some values each', () => {
    const store = new TraceStore();
    const room = 128;
    const digit = (i: number, place: number) => Math.floor(i / 10 ** place) % 10;
    const line = (i: number) => `n ${i}us+1us span.a=${digit(i, 0)} span.b=${digit(i, 1)} span.c=${digit(i, 2)}`;
    const lines = Array.from({ length: 1_000 }, (_, i) => line(i));
    store.ingest(parseTraces(lines.join('\n')));
    const source = store.snapshot();
    const forms = new FormColumn(room).upTo(source.spans, source.valueTypes);
    expect(forms.count).toBeLessThan(4 * room); // a room for each key, and one to begin with
    const counted = countPairs({ ...source, forms: () => forms });
    expect(counted).toEqual(countPairs(source));
    expect(counted.get('c=9')).toBe(100);
  });
});

/** How many spans have each pair of key and value, by form and beside. */
function countPairs(source: TraceSource): Map<string, number> {
  const { of, parents, lastPairs, pairs, loose } = source.forms();
  const found = new Map<string, number>();
  const add = (pair: number) => {
    const key = pairs.keys[pair] ?? -1;
    const value = pairs.values[pair] ?? -1;
    if (key < 0 || value < 0) return; // a name, or any value
    const shown = source.value(value);
    const text = `${source.key(key)}=${'value' in shown ? String(shown.value) : ''}`;
    found.set(text, (found.get(text) ?? 0) + 1);
  };
  for (const form of of.subarray(0, source.spans.count))
    for (let at = form; parents[at] !== noForm; at = parents[at] ?? noForm) add(lastPairs[at] ?? -1);
  for (const pair of loose.of.subarray(0, loose.starts[source.spans.count])) add(pair);
  return found;
}
