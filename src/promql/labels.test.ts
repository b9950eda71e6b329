// Label sets: equality, order, what is kept and dropped.
import { describe, expect, test } from 'vitest';
import { compareLabels, Labels, quoteLabelName } from './labels.ts';

const labels = Labels.from([
  ['b', '2'],
  ['a', '1'],
  ['__name__', 'm'],
  ['empty', ''],
]);

describe('label sets', () => {
  test('are sorted by name, and an empty value is no label', () => {
    expect([...labels]).toEqual([
      ['__name__', 'm'],
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(labels.has('empty')).toBe(false);
    expect(labels.get('empty')).toBe('');
  });

  test('that are equal have equal keys, and others do not', () => {
    expect(
      Labels.from([
        ['a', '1'],
        ['b', '2'],
        ['__name__', 'm'],
      ]).key,
    ).toBe(labels.key);
    expect(Labels.from([['a', '1b']]).key).not.toBe(
      Labels.from([
        ['a', '1'],
        ['b', ''],
      ]).key,
    );
    expect(Labels.from([['ab', 'c']]).key).not.toBe(Labels.from([['a', 'bc']]).key);
  });

  test.each([
    ['keep', labels.keep(['a', 'x']), '{a="1"}'],
    ['drop', labels.drop(['a']), '{__name__="m", b="2"}'],
    ['dropMetricName', labels.dropMetricName(), '{a="1", b="2"}'],
    [
      'with',
      labels.with([
        ['a', ''],
        ['c', '3'],
      ]),
      '{__name__="m", b="2", c="3"}',
    ],
  ])('%s gives a changed set', (_name, changed, text) => {
    expect(changed.toString()).toBe(text);
  });

  test('dropping nothing gives the same object', () => {
    expect(labels.drop(['x'])).toBe(labels);
  });

  test('sort pair by pair, and a prefix comes first', () => {
    const sets = [
      [],
      [['a', '1']],
      [
        ['a', '1'],
        ['b', '1'],
      ],
      [['a', '2']],
      [['b', '0']],
    ].map((pairs) => Labels.from(pairs as [string, string][]));
    expect([...sets].reverse().sort(compareLabels)).toEqual(sets);
  });

  test.each([
    ['job', 'job'],
    ['http.route', '"http.route"'],
    ['1st', '"1st"'],
    ['a"b', '"a\\"b"'],
  ])('the name %s is written as %s', (name, written) => {
    expect(quoteLabelName(name)).toBe(written);
  });
});
