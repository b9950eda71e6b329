// Frames of tail, as Loki 3.7.6 writes them.
import { expect, it } from 'vitest';
import { decodeTailFrame } from './decode-tail.ts';

it('an entry has its stream labels, and its structured metadata where kinds of labels are kept apart', () => {
  const own = { structuredMetadata: { obs_run_id: 'r-1', detected_level: 'error' } };
  const frame = {
    streams: [
      { stream: { service_name: 'web' }, values: [['1795366760656000000', 'ERROR line 9', own]] },
      { stream: { service_name: 'api' }, values: [['1795366760655000000', 'plain']] },
    ],
    encodingFlags: ['categorize-labels'],
  };
  expect(decodeTailFrame(frame).entries).toEqual([
    { timestampNs: 1795366760655000000n, line: 'plain', labels: { service_name: 'api' } },
    {
      timestampNs: 1795366760656000000n,
      line: 'ERROR line 9',
      labels: { service_name: 'web', obs_run_id: 'r-1', detected_level: 'error' },
    },
  ]);
});
