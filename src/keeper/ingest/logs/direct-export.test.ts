// The short way against the long way: whatever it takes, it stores just the same (damaged exports: test/fuzz).
import { expect, it } from 'vitest';
import { keyOfLabels } from '../../../logql/values.ts';
import { decodeJson, decodeProtobuf, encodeProtobuf } from '../../../wire/otlp/request.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import type { DirectState } from '../../signal-store.ts';
import { LogStore } from '../../store/logs/log-store.ts';
import { makeDirectLogs } from './direct-export.ts';
import { entriesOfOtlp } from './otlp-entries.ts';

const receivedNs = 1_700_000_000_000_000_077n;
const text = (stringValue: string) => ({ stringValue });
const attribute = (key: string, value: unknown) => ({ key, value });

function encode(resource: readonly unknown[], records: readonly unknown[], scope: unknown = { name: 'lib' }): Buffer {
  const json = { resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope, logRecords: records }] }] };
  return encodeProtobuf('logs', decodeJson('logs', Buffer.from(JSON.stringify(json))));
}

/** All that a store holds, entry by entry. */
function dump(store: LogStore): unknown[] {
  return [...store.streams([])].flatMap((stream) =>
    stream.all.flatMap((block) =>
      Array.from({ length: block.rowCount }, (_, row) => ({
        stream: keyOfLabels(stream.labels),
        timeNs: block.baseNs + BigInt(block.offsetsNs[row] ?? 0),
        line: block.bytes.toString('utf8', block.lineStarts[row], block.lineStarts[row + 1]),
        metadata: Object.fromEntries(block.metadata(row)),
        names: block.metadata(row).map(([name]) => name),
        volume: block.volumeBytes,
      })),
    ),
  );
}

function storeLong(bodies: readonly Buffer[]): LogStore {
  const store = new LogStore(() => 0);
  for (const body of bodies)
    for (const { labels, entries } of entriesOfOtlp(decodeProtobuf('logs', body), receivedNs))
      store.append(labels, entries);
  return store;
}

function storeShort(bodies: readonly Buffer[], state?: DirectState): LogStore {
  const store = new LogStore(() => 0);
  const readDirect = makeDirectLogs(store, makeMasker());
  for (const body of bodies) expect(readDirect(body, receivedNs, state)?.commit().accepted).toBeGreaterThan(0);
  return store;
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const service = [attribute('service.name', text('web')), attribute('host.name', text('h1'))];
const records: readonly (readonly [name: string, record: object])[] = [
  ['a plain line', { timeUnixNano: '1700000000000000001', body: text('hello'), severityNumber: 9 }],
  ['no time', { body: text('x') }],
  ['an observed time only', { observedTimeUnixNano: '1700000000000000005', body: text('x') }],
  ['both times', { timeUnixNano: '1700000000000000001', observedTimeUnixNano: '1700000000000000005' }],
  ['an early observed time', { timeUnixNano: '1700000000000000001', observedTimeUnixNano: '5' }],
  ['no body', { severityText: 'Warning' }],
  ['a text that is not ASCII', { body: text('größe ☕'), severityText: 'größe' }],
  ['an integer as body', { body: { intValue: '7' } }],
  ['a map as body', { body: { kvlistValue: { values: [attribute('a', text('b'))] } } }],
  ['ids and flags', { body: text('x'), traceId, spanId: 'b7ad6b7169203331', flags: 1, droppedAttributesCount: 2 }],
  ['an id of zeros', { body: text('x'), traceId: '0'.repeat(32) }],
  ['a level in the line', { body: text('level=warn msg=x') }],
  ['a level in JSON', { body: text('{"a":{"Level":"ERR"},"m":1}') }],
  ['a level among words', { body: text('an ERROR happened') }],
  ['an odd JSON', { body: text('{"\\u006cevel":"error"}') }],
  ['blanks around JSON', { body: text(' {"level":"error"}\u00a0') }],
  ['an event name', { body: text('x'), eventName: 'boom' }],
  ['a severity beyond the usual', { body: text('x'), severityNumber: 99 }],
  ...(
    [
      ['texts', [attribute('http.method', text('GET')), attribute('9x', text('')), attribute('_a', text('é'))]],
      [
        'numbers and booleans',
        [
          attribute('n', { intValue: '200' }),
          attribute('b', { boolValue: true }),
          attribute('z', { boolValue: false }),
        ],
      ],
      [
        'large and negative numbers',
        [
          attribute('n', { intValue: '-5' }),
          attribute('m', { intValue: '9223372036854775807' }),
          attribute('d', { doubleValue: 0.1 }),
        ],
      ],
      [
        'lists, maps and nothing',
        [
          attribute('l', { arrayValue: { values: [text('x')] } }),
          attribute('k', { kvlistValue: { values: [attribute('a', text('b'))] } }),
          attribute('e', undefined),
        ],
      ],
      ['the same name twice', [attribute('a.b', text('1')), attribute('a_b', text('2'))]],
      ['names of the resource', [attribute('host.name', text('other'))]],
      ['a level', [attribute('level', text('Information')), attribute('LEVEL', text('x'))]],
      ['a level of its own', [attribute('detected_level', text('mine'))]],
      ['an empty level', [attribute('level', text(''))]],
      ['a severity number as text', [attribute('severity_number', text('17'))]],
      [
        'what looks like ids and times',
        [
          attribute('a', text(traceId)),
          attribute('b', text('1700000000000000001')),
          attribute('c', text('0700000000000000001')),
          attribute('d', text('b7ad6b7169203331')),
        ],
      ],
      [
        'names that sort around others',
        ['zz', 'observed', 'a', 'trace_ie', 'd', 'é'].map((key) => attribute(key, text(key))),
      ],
    ] as const
  ).map(
    ([name, attributes]) =>
      [`attributes: ${name}`, { timeUnixNano: '1700000000000000009', body: text('x'), attributes }] as const,
  ),
]; // prettier-ignore

it.each(records)('%s is stored as the long way does', (_, record) => {
  const bodies = [encode(service, [record, {}]), encode(service, [record, { body: text('other') }])];
  for (const state of ['as it came', 'masked', 'masked text'] as const)
    expect(dump(storeShort(bodies, state))).toEqual(dump(storeLong(bodies)));
});

it('stores many records, resources and scopes as the long way does', () => {
  const bodies = Array.from({ length: 30 }, (_, i) =>
    encode(
      [...service, attribute('process.pid', { intValue: String(i % 3) })],
      records.map(([, record], k) => ({
        ...record,
        timeUnixNano: String(1_700_000_000_000_000_000n + BigInt((i * 37 + k * 11) % 97)),
      })),
      i % 2 === 0 ? undefined : { name: `lib-${i % 5}`, version: '1', attributes: [attribute('s', text('v'))] },
    ),
  ); // prettier-ignore
  expect(dump(storeShort(bodies))).toEqual(dump(storeLong(bodies)));
});

it.each(['as it came', 'masked'] as const)('a text that is no UTF-8 is stored as the long way does (%s)', (state) => {
  const body = encode(service, [
    { body: text('größe') },
    { body: text('plain'), attributes: [attribute('a', text('é'))] },
  ]);
  const broken = Buffer.from(body.toString('latin1').replaceAll('Ã', 'A'), 'latin1');
  expect(dump(storeShort([broken], state))).toEqual(dump(storeLong([broken])));
});

it.each([
  ['ASCII', 'plain', true],
  ['UTF-8', 'größe', true],
  ['neither', 'gr\u00ff', false],
])('says of texts in %s whether all are UTF-8', (_, line, expected) => {
  const body = encode(service, [{ body: text('before') }, { body: text(line), severityText: 'INFO' }]);
  const sent = line.includes('\u00ff')
    ? Buffer.from(body.toString('latin1').replace('Ã¿', '\u00ff\u00ff'), 'latin1')
    : body;
  const readDirect = makeDirectLogs(new LogStore(() => 0), makeMasker());
  for (const state of ['as it came', 'masked'] as const)
    expect(readDirect(sent, receivedNs, state)?.isText).toBe(expected);
});

it('takes an entry once, whichever way it came', () => {
  const body = encode(
    service,
    records.map(([, record]) => record),
  ); // prettier-ignore
  const store = storeShort([body, body]);
  const held = store.usage().records;
  for (const { labels, entries } of entriesOfOtlp(decodeProtobuf('logs', body), receivedNs))
    store.append(labels, entries);
  expect(store.usage().records).toBe(held);
});

it.each([
  ['the body', { body: text('password=hunter2') }],
  ['an attribute', { body: text('x'), attributes: [attribute('m', text('password=hunter2'))] }],
  ['an attribute with a telling name', { attributes: [attribute('api.key', text('hunter2'))] }],
  ['a list', { body: { arrayValue: { values: [text('password=hunter2')] } } }],
  ['a long line', { body: text(`password=hunter2 ${'x'.repeat(300)}`) }],
])('a secret in %s is masked in its record alone, in the store as in the log', (_, record) => {
  const records = [{ body: text('before') }, record, { body: text('between') }, record, { body: text('after') }];
  const body = encode(service, records, { name: 'scope' });
  const masked = makeMasker().maskExport('logs', decodeProtobuf('logs', body));
  const store = new LogStore(() => 0);
  const direct = makeDirectLogs(store, makeMasker())(body, receivedNs);
  expect(decodeProtobuf('logs', direct?.payload ?? body)).toEqual(masked);
  expect(String(direct?.payload)).not.toContain('hunter2');
  expect(direct?.commit().accepted).toBe(5);
  expect(dump(store)).toEqual(dump(storeLong([encodeProtobuf('logs', masked)])));
});

it('an export without a secret is logged as it came', () => {
  const body = encode(service, [{ body: text('no secret') }]);
  expect(makeDirectLogs(new LogStore(() => 0), makeMasker())(body, receivedNs)).not.toHaveProperty('payload');
});

it('counts records by service and run', () => {
  const store = new LogStore(() => 0);
  const body = encode([...service, attribute('obs.run.id', text('r-1'))], [{}, {}]);
  expect(makeDirectLogs(store, makeMasker())(body, 0n)?.sources).toEqual([
    { service: 'web', runId: 'r-1', records: 2 },
  ]);
});

it.each([
  ['no records', encode(service, [])],
  ['nothing', Buffer.alloc(0)],
  ['a secret in the resource', encode([attribute('db.password', text('x'))], [{}])],
  ['a secret in the scope', encode(service, [{}], { attributes: [attribute('token', text('x'))] })],
  ['a body that is cut off', encode(service, [{ body: text('x') }]).subarray(0, -1)],
  ['no protobuf', Buffer.from('hello')],
  ['an id of the wrong length', Buffer.from('0a0912071205' + '4a03010203', 'hex')],
])('leaves %s to the long way', (_, body) => {
  expect(makeDirectLogs(new LogStore(() => 0), makeMasker())(body, 0n)).toBeUndefined();
});
