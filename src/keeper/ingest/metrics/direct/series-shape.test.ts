// A shape names series as the general way does, or not at all.
import { expect, test } from 'vitest';
import { Labels, metricNameLabel } from '../../../../promql/labels.ts';
import type { AnyValue, KeyValue } from '../../../../wire/otlp/types.ts';
import { joinLabels } from '../point-labels.ts';
import { readResource } from '../resource-labels.ts';
import { SeriesShape } from './series-shape.ts';

const text = (value: string): AnyValue => ({ kind: 'string', value });
const attributesOf = (values: Readonly<Record<string, string | number>>): KeyValue[] =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? text(value) : { kind: 'double', value },
  }));
const resource = readResource({
  attributes: attributesOf({ 'service.name': 'shop', 'service.version': '1.2', 'service.namespace': '' }),
  droppedAttributesCount: 0,
});
const nameGenerally = (attributes: readonly KeyValue[]) =>
  Labels.from([...joinLabels(resource, attributes), [metricNameLabel, 'requests_total']]);
const shapeOf = (attributes: readonly KeyValue[]) => SeriesShape.of('requests_total', resource, attributes);

test.each([
  ['none', {}, {}],
  ['two, not in the order of their names', { path: '/a', code: 200 }, { path: '/b', code: 1.5 }],
  ['one that the resource has, too', { 'service.version': '9', zone: 'x' }, { 'service.version': '10', zone: 'y' }],
  ['one that loses to the identity', { job: 'mine', b: '1' }, { job: 'yours', b: '2' }],
  ['one that would rename the metric', { __name__: 'other', b: '1' }, { __name__: 'another', b: '2' }],
  ['names that are translated', { 'http.route': '/', '9lives': 'x' }, { 'http.route': '/b', '9lives': 'z' }],
])('attributes: %s', (_, first, second) => {
  const shape = shapeOf(attributesOf(first));
  for (const attributes of [first, second].map(attributesOf))
    expect(shape?.name(attributes)?.key).toBe(nameGenerally(attributes).key);
});

test.each([
  ['other keys', { b: '1' }],
  ['another order', { code: '1', path: '/' }],
  ['more of them', { path: '/', code: '1', more: 'x' }],
  ['an empty value', { path: '', code: '1' }],
])('a shape does not name points with %s', (_, attributes) => {
  expect(shapeOf(attributesOf({ path: '/a', code: 'x' }))?.name(attributesOf(attributes))).toBeUndefined();
});

test('attributes that clash in one label have no shape', () => {
  expect(shapeOf(attributesOf({ 'foo.bar': '1', foo_bar: '2' }))).toBeUndefined();
});
