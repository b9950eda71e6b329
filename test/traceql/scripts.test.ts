// Runs every script of scripts/: traces in, queries on them, the answers line by line.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TraceStore } from '../../src/keeper/store/traces/trace-store.ts';
import { metricsText, searchText } from './answer-text.ts';
import { readScript } from './script.ts';
import { parseTraces } from './trace-text.ts';

const names = readdirSync(new URL('scripts/', import.meta.url)).sort();

describe.each(names)('%s', (name) => {
  let store = new TraceStore();
  const steps = readScript(name).filter((step) => step.argument !== '' || step.kind === 'load');

  it.each(steps)('line $line: $kind $argument', ({ kind, argument, body }) => {
    if (kind === 'load') {
      store = new TraceStore();
      store.ingest(parseTraces(body.join('\n')));
      return;
    }
    expect(kind === 'search' ? searchText(store, argument) : metricsText(store, argument)).toEqual([...body].sort());
  });
});
