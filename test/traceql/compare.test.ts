// compare(): how often each value occurs among the selected spans and among all others.
import { describe, expect, it } from 'vitest';
import { TraceStore } from '../../src/keeper/store/traces/trace-store.ts';
import type { Resource } from '../../src/wire/otlp/types.ts';
import { metricsText } from './answer-text.ts';
import { makeRandomTraces } from './random-traces.ts';
import { epochNs, parseTraces } from './trace-text.ts';

const seed = Number(process.env.OBS_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const store = new TraceStore();
store.ingest(
  parseTraces(`
a @shop 1s+10ms error span.user=ada span.http.method=GET
b @shop 2s+10ms error span.user=ada span.http.method=POST
c @shop 3s+10ms span.user=bob span.http.method=GET
d @shop 4s+10ms span.user=eve
e @db 5s+900ms span.user=ada span.http.method=7`),
);

describe('compare', () => {
  it.each([
    [
      'span.user',
      ['baseline span.user=ada 1', 'baseline span.user=bob 1', 'baseline span.user=eve 1', 'selection span.user=ada 2'],
    ],
    [
      'span.http.method',
      [
        'baseline span.http.method=7 1',
        'baseline span.http.method=GET 1',
        'baseline span.http.method=nil 2',
        'selection span.http.method=GET 1',
        'selection span.http.method=POST 1',
      ],
    ],
    [
      'resource.service.name',
      [
        'baseline resource.service.name=db 1',
        'baseline resource.service.name=shop 2',
        'selection resource.service.name=shop 2',
      ],
    ],
    ['resource.cluster', ['baseline resource.cluster=nil 3', 'selection resource.cluster=nil 2']],
    ['status', ['baseline status=unset 3', 'selection status=error 2']],
  ])('counts the values of %s', (name, expected) => {
    expect(countsOf('{ } | compare({ status = error })', name)).toEqual(expected);
  });

  it('counts what the query read once more, but absent values not', () => {
    const query = '{ span.http.method = "GET" } | compare({ status = error })';
    expect(countsOf(query, 'span.http.method')).toEqual([
      'baseline span.http.method=GET 2',
      'selection span.http.method=GET 2',
    ]);
  });

  it('keeps the most frequent values only, and the totals of all', () => {
    const lines = metricsText(store, '0 10s 10s { } | compare({ status = error }, 1)');
    expect(lines.filter((line) => /=baseline, span\.user=/.test(line))).toHaveLength(1);
    expect(lines).toContain('{__meta_type=baseline_total, span.user=nil} 0 3');
  });

  it('counts what came after an earlier question, and no longer what was pruned', () => {
    const growing = new TraceStore();
    const ask = () =>
      metricsText(growing, '0 30s 30s { } | compare({ status = error })').flatMap(
        (line) => /=((?:baseline|selection), (?:span\.user|kind|rootName)=.*\}).* 1\b/.exec(line)?.[1] ?? [],
      );
    const first = 'a @shop 1s+10ms server span.user=ada';
    growing.ingest(parseTraces(first));
    expect(ask()).toEqual(['baseline, kind=server}', 'baseline, rootName=a}', 'baseline, span.user=ada}']);
    growing.ingest(parseTraces(`${first}\nz @shop 20s+10ms error client span.user=bob`)); // what came before is taken once
    const later = ['selection, kind=client}', 'selection, rootName=z}', 'selection, span.user=bob}'];
    expect(ask()).toEqual(expect.arrayContaining(later));
    expect(ask()).toHaveLength(6);
    growing.prune({ beforeNs: epochNs + 10_000_000_000n, maxBytes: Number.MAX_SAFE_INTEGER });
    expect(ask()).toEqual(later);
  });

  it('says the root of a trace that came after an earlier question', () => {
    const growing = new TraceStore();
    const others = Array.from({ length: 40 }, (_, i) => `other${i} @web 3s+1ms`).join('\n');
    const whole = parseTraces(`${others}\ntop @shop 1s+10ms\n below @db 2s+5ms`);
    const ask = () =>
      namesOf(growing, '{ name !~ "other.*" } | compare({ status = error })', /rootName|rootServiceName/);
    growing.ingest(whole.filter(({ resource }) => nameOfService(resource) !== 'shop'));
    expect(ask()).toEqual(['baseline rootName=', 'baseline rootServiceName=']);
    growing.ingest(whole);
    expect(ask()).toEqual(['baseline rootName=top', 'baseline rootServiceName=shop']);
  });

  it(`answers of a store that grows, in turns with others, what it answers of one at rest (seed ${seed})`, () => {
    const growing = new TraceStore();
    const groups = parseTraces(makeRandomTraces(seed, 6_000));
    const question = '0 10s 1s { } | compare({ duration > 1s }, 5000)';
    for (const end of [0, 1, 50, groups.length / 8, groups.length / 7, groups.length]) {
      const some = groups.slice(0, Math.floor(end));
      growing.ingest(some); // what came before is taken once
      const resting = new TraceStore();
      resting.ingest(some);
      expect(metricsText(growing, question)).toEqual(metricsText(resting, question));
    }
  });

  it.each([
    ['true', 'baseline'],
    ['false', 'selection'],
  ])('lists nothing of a side without spans: compare({ %s }) has no %s', (selected, side) => {
    const lines = metricsText(store, `0 10s 10s { } | compare({ ${selected} })`);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.startsWith(`{__meta_type=${side}`))).toEqual([]);
  });

  it('shows values of spans in the interval in front of the window, and counts them not', () => {
    const selectionOf = (window: string) =>
      metricsText(store, `${window} { } | compare({ status = error })`).filter((line) =>
        /=selection, span\.user/.test(line),
      );
    expect(selectionOf('4s 10s 2s')).toEqual(['{__meta_type=selection, span.user=ada} 0 0 0 0']);
    expect(selectionOf('6s 10s 2s')).toEqual([]);
  });

  it('refuses to show more values than it has room for, and says what to ask for', () => {
    const many = new TraceStore();
    many.ingest(parseTraces(Array.from({ length: 4_000 }, (_, i) => `a @shop 1s+10ms span.user=u${i}`).join('\n')));
    expect(metricsText(many, '0 10s 1ms { } | compare({ status = error }, 5000)').join()).toContain('ask for fewer');
  });

  it('selects within a window of time', () => {
    const [from, to] = [1_700_000_000_000_000_000n, 1_700_000_001_500_000_000n];
    const query = `{ } | compare({ status = error }, 10, ${from}, ${to})`;
    expect(countsOf(query, 'span.user').filter((line) => line.startsWith('selection'))).toEqual([
      'selection span.user=ada 1',
    ]);
  });
});

/** `side label=value` of the series whose label matches. */
function namesOf(from: TraceStore, query: string, names: RegExp): string[] {
  return metricsText(from, `0 10s 10s ${query}`).flatMap((line) => {
    const [, type, label] = /^\{__meta_type=(baseline|selection), (.*)\} /.exec(line) ?? [];
    return label !== undefined && names.test(label) ? [`${type} ${label}`] : [];
  });
}

function nameOfService({ attributes }: Resource): string | undefined {
  const found = attributes.find(({ key }) => key === 'service.name')?.value;
  return found?.kind === 'string' ? found.value : undefined;
}

function countsOf(query: string, name: string): string[] {
  return metricsText(store, `0 10s 10s ${query}`).flatMap((line) => {
    const [, type, label, count] = /^\{__meta_type=(baseline|selection), (.*)\} 0 (\d+)$/.exec(line) ?? [];
    return label?.startsWith(`${name}=`) ? [`${type} ${label} ${count}`] : [];
  });
}
