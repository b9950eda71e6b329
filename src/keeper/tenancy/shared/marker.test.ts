// What goes to shared servers says whose it is, whatever the app says of itself.
import { describe, expect, test } from 'vitest';
import { decodeJson } from '../../../wire/otlp/request.ts';
import type { ExportRequest } from '../../../wire/otlp/types.ts';
import { makeMarker } from './marker.ts';

const marker = makeMarker('s1');
const decode = <S extends 'logs' | 'metrics' | 'traces'>(signal: S, json: unknown) =>
  decodeJson(signal, Buffer.from(JSON.stringify(json)));
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const own = (key: string) => ({ key, value: { kind: 'string', value: 's1' } });
const attributesOf = (request: ExportRequest<unknown>) => request.map(({ resource }) => resource.attributes);

describe('the mark', () => {
  test('is an attribute of the resource of spans, in the place of a foreign one', () => {
    const request = decode('traces', {
      resourceSpans: [
        { resource: { attributes: [text('obs.stack', 's2'), text('service.name', 'web')] }, scopeSpans: [] },
        { resource: { attributes: [] }, scopeSpans: [] },
      ],
    });
    expect(attributesOf(marker.markExport('traces', request))).toEqual([
      [{ key: 'service.name', value: { kind: 'string', value: 'web' } }, own('obs.stack')],
      [own('obs.stack')],
    ]);
  });

  test('is on every point of every kind of metric, and on the resource under the same name', () => {
    const point = { attributes: [text('obs_stack', 's2'), text('route', '/')] };
    const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];
    const metrics = kinds.map((kind) => ({ name: kind, [kind]: { dataPoints: [point] } }));
    const request = decode('metrics', {
      resourceMetrics: [
        {
          resource: { attributes: [text('obs.stack', 's2')] },
          scopeMetrics: [{ metrics: [...metrics, { name: 'none' }] }],
        },
      ],
    });
    const marked = marker.markExport('metrics', request);
    expect(attributesOf(marked)).toEqual([[own('obs_stack')]]);
    const data = marked.flatMap(({ scopes }) => scopes.flatMap(({ items }) => items.map((metric) => metric.data)));
    expect(data.map(({ kind }) => kind)).toEqual([...kinds, 'none']);
    for (const one of data)
      if (one.kind !== 'none')
        expect(one.points.map(({ attributes }) => attributes)).toEqual([
          [{ key: 'route', value: { kind: 'string', value: '/' } }, own('obs_stack')],
        ]);
  });

  test('keeps one object per resource, by which stores know it again', () => {
    const resource = { attributes: [], droppedAttributesCount: 0 };
    const group = { resource, schemaUrl: '', scopes: [] };
    const [first, second] = marker.markExport('logs', [group, group]);
    expect(first?.resource).toBe(second?.resource);
  });

  test('is a label of written series, which stay sorted', () => {
    const labels = ['__name__', 'job', 'obs_stack', 'zone'].map((name) => ({ name, value: 's2' }));
    const [series] = marker.markSeries([{ labels, samples: [] }]);
    expect(series?.labels).toEqual([
      { name: '__name__', value: 's2' },
      { name: 'job', value: 's2' },
      { name: 'obs_stack', value: 's1' },
      { name: 'zone', value: 's2' },
    ]);
  });

  test.each([
    ['an object', { job: 'a', obs_stack: 's2' }],
    ['the text of a selector', '{job="a", obs_stack="s2"}'],
  ])('is a label of pushed streams whose labels come as %s', (_form, labels) => {
    const entries = [{ timeNs: 1n, line: 'x', metadata: [['obs_stack', 's2'] as const, ['k', 'v'] as const] }];
    expect(marker.markStreams([{ labels, entries }])).toEqual([
      { labels: { job: 'a', obs_stack: 's1' }, entries: [{ timeNs: 1n, line: 'x', metadata: [['k', 'v']] }] },
    ]);
  });
});
