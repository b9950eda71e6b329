// Which spans `{ resource.x = nil }` loses as Tempo 3.0 loses them; the rule itself is proven by recorded answers.
import { describe, expect, it } from 'vitest';
import { TraceStore } from '../../src/keeper/store/traces/trace-store.ts';
import { parseTraceql } from '../../src/traceql/parser.ts';
import { searchTraces } from '../../src/traceql/search.ts';
import { epochNs, parseTraces } from './trace-text.ts';

const startSec = Number(epochNs / 1_000_000_000n);

// The first and third trace are in the first of three parts of the window, the second in the second.
const traces = `
a @one 0s+1s
b @one 250s+1s
  c @two 250s+1s
d @one 10s+1s`;

function namesFound(query: string, window: { readonly startSec: number; readonly endSec: number }): string[] {
  const store = new TraceStore();
  store.ingest(parseTraces(traces));
  const source = store.snapshot();
  const found = searchTraces(parseTraceql(query), source, { ...window, limit: 100 });
  const rows = found.traces.flatMap(({ spansets }) => spansets.flatMap((set) => set.rows));
  return rows
    .map((row) => {
      const value = source.value(source.spans.name[row] ?? -1);
      return value.type === 'string' ? value.value : '';
    })
    .sort();
}

const wide = { startSec, endSec: startSec + 600 };
const none = { startSec: 0, endSec: 0 };

describe('a resource without the attribute', () => {
  it('is lost behind a trace of another part of the window that has several', () => {
    expect(namesFound('{ resource.x = nil }', wide)).toEqual(['a', 'b', 'c']);
  });

  it('is found where nothing is skipped', () => {
    expect(namesFound('{ resource.x = nil }', none)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is lost behind one whose spans do not match', () => {
    expect(namesFound('{ resource.x = nil && name = "c" }', none)).toEqual([]);
    expect(namesFound('{ resource.x = nil && name =~ "a|b" }', none)).toEqual(['a', 'b']);
  });

  it('is found under every other question', () => {
    expect(namesFound('{ resource.x = nil || name = "nosuch" }', wide)).toEqual(['a', 'b', 'c', 'd']);
    expect(namesFound('{ resource.x = nil } | count() > 0', wide)).toEqual(['a', 'b', 'c', 'd']);
    expect(namesFound('{ resource.pod = nil }', wide)).toEqual(['a', 'b', 'c', 'd']);
  });
});
