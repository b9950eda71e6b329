// The quick reader of attributes reads as the general one does, or not at all.
import { expect, test } from 'vitest';
import { resourceCodec } from '../../../../wire/otlp/common.ts';
import { ProtoWriter } from '../../../../wire/otlp/proto-writer.ts';
import type { AnyValue } from '../../../../wire/otlp/types.ts';
import { readTextAttributes } from './text-attributes.ts';

const text = (value: string): AnyValue => ({ kind: 'string', value });

/** A resource that has only attributes is nothing but attributes in its bytes, too. */
function encode(values: Readonly<Record<string, AnyValue>>): Buffer {
  const attributes = Object.entries(values).map(([key, value]) => ({ key, value }));
  const writer = new ProtoWriter();
  resourceCodec.writeFields({ attributes, droppedAttributesCount: 0 }, writer);
  return Buffer.from(writer.finish());
}

test.each([
  ['none', {}],
  ['one', { a: text('1') }],
  ['several', { 'http.route': text('/items/:id'), 'zone.ö': text('ü'), b: text('1') }],
  ['one as long as a byte can say', { key: text('x'.repeat(116)) }],
])('texts are read: %s', (_, values) => {
  const bytes = encode(values);
  const found = readTextAttributes(Buffer.concat([Buffer.from('ab'), bytes]), 2, bytes.length + 2);
  expect(found).toEqual(Object.entries(values).map(([key, value]) => ({ key, value })));
});

test.each([
  ['a number', { a: text('1'), b: { kind: 'int', value: 1 } as const }],
  ['a map', { a: { kind: 'kvlist', value: [{ key: 'a', value: text('b') }] } as const }],
  ['nothing', { a: { kind: 'empty' } as const }],
  ['a long text', { a: text('x'.repeat(200)) }],
  ['no key', { '': text('1') }],
])('left to the general reader: %s', (_, values) => {
  const bytes = encode(values);
  expect(readTextAttributes(bytes, 0, bytes.length)).toBeUndefined();
});

test('attributes that are cut off anywhere, or have a byte too many, are left to the general reader', () => {
  const bytes = encode({ first: text('1'), second: text('two') });
  const firstEnd = encode({ first: text('1') }).length;
  for (let end = 1; end < bytes.length; end++)
    if (end !== firstEnd) expect([end, readTextAttributes(bytes, 0, end)]).toEqual([end, undefined]);
  for (let more = 0; more < 256; more++)
    expect(readTextAttributes(Buffer.concat([bytes, Buffer.of(more)]), 0, bytes.length + 1)).toBeUndefined();
});
