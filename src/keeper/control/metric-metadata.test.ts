// What is known of metrics, and what of it the Prometheus API shows.
import { expect, it } from 'vitest';
import { MetricMetadata } from './metric-metadata.ts';

const gauge = (name: string) => [
  {
    resource: { attributes: [] },
    scopes: [
      {
        scope: undefined,
        items: [{ name, unit: 's', description: `help of ${name}`, data: { kind: 'gauge', points: [] } }],
      },
    ],
  },
];

it('of OTLP, remote write and scraped pages is shown with type, unit and help', () => {
  const metadata = new MetricMetadata();
  metadata.learn(gauge('a.b') as never); // the parts of an export that are looked at
  metadata.learnWritten([{ name: 'written', type: 'counter', unit: '', help: 'h' }]);
  metadata.learnFamilies([{ name: 'page', type: 'gauge', unit: '', help: '' } as never]);
  expect(metadata.listShown()).toEqual({
    a_b_seconds: [{ type: 'gauge', unit: 'seconds', help: 'help of a.b' }],
    written: [{ type: 'counter', unit: '', help: 'h' }],
    page: [{ type: 'gauge', unit: '', help: '' }],
  });
});

it('of what comes to Prometheus’s own receiver is known, but not shown', () => {
  const metadata = new MetricMetadata();
  metadata.outOfSight(() => metadata.learn(gauge('hidden') as never)); // as above
  metadata.learn(gauge('seen') as never);
  expect(Object.keys(metadata.list())).toEqual(['hidden_seconds', 'seen_seconds']);
  expect(Object.keys(metadata.listShown())).toEqual(['seen_seconds']);
});
