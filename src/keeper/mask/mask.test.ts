// What is masked, what is left alone, and that hostile text takes no more than linear time.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { maskText } from '../../std/secrets/mask-text.ts';
import { isSensitiveKey } from '../../std/secrets/sensitive-key.ts';
import { decodeJson, type Signal, signals, toJsonValue } from '../../wire/otlp/request.ts';
import { makeMasker } from './mask-request.ts';

const jwt = `eyJ${'hbGciOiJIUzI1NiJ9'}.eyJ${'zdWIiOiIxMjM0In0'}.dozjgNryP4J3jVmNHl0w5N`;

test.each([
  ['password=hunter2 user=ann', 'password=[masked] user=ann'],
  ['{"user":"ann","password":"hun\\"ter2","n":1}', '{"user":"ann","password":"[masked]","n":1}'],
  ['{\\"apiKey\\":\\"abc123def\\"}', '{\\"apiKey\\":\\"[masked]\\"}'],
  ["login with pwd: 'x y z'", "login with pwd: '[masked]'"],
  ['password: hunter', 'password: [masked]'],
  ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[masked]'],
  ['GET /cb?access_token=abc&x=1', 'GET /cb?access_token=[masked]&x=1'],
  ['using api-key: 9f8e7d6c5b4a', 'using api-key: [masked]'],
  ['Authorization: Bearer abc.def', 'Authorization: [masked]'],
  ['{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"[masked]"}'],
  ['Set-Cookie: sid=abc; Path=/; HttpOnly', 'Set-Cookie: [masked]'],
  ['sent Bearer 0a1b2c3d4e5f6071', 'sent Bearer [masked]'],
  ['connect postgres://ann:s3cr3t@db:5432/shop', 'connect postgres://ann:[masked]@db:5432/shop'],
  ['redis://:p@ss@cache:6379', 'redis://:[masked]@cache:6379'],
  ['Server=db;User Id=sa;Password=x1;', 'Server=db;User Id=sa;Password=[masked];'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest', '[masked]\nrest'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE', '[masked]'],
  [`jwt ${jwt} end`, 'jwt [masked] end'],
  [`key AKIA${'IOSFODNN7EXAMPLE'}!`, 'key [masked]!'],
  [`token ghp_${'a'.repeat(36)}`, 'token [masked]'],
  [`sk-ant-${'api03-abcdefghijklmnop'}`, '[masked]'],
  ['paid with 4111 1111 1111 1111.', 'paid with [masked].'],
  ['amex 378282246310005', 'amex [masked]'],
])('%s', (text, expected) => {
  expect(maskText(text)).toBe(expected);
});

test.each([
  'Unexpected token < in JSON at position 0',
  'Unexpected token: punc',
  'invalid token: expired',
  'password: required',
  'password is required',
  'token=null',
  'the bearer certificates are fine',
  'basic authentication failed',
  'http://localhost:3000/users?mail=ann@example.test',
  'http://localhost:3000?mail=ann@example.test',
  'ann@example.test signed in',
  'input_tokens=512 cached_tokens=3',
  'at 1700000000000000001 ns, 1700000000000 ms',
  'order 4111111111111112',
  'trace 4bf92f3577b34da6a3ce929d0e0e4736',
  'SELECT * FROM users WHERE password_hash IS NOT NULL',
  'primary key: id',
  'foreign key=3',
])('%s is left as it is', (text) => {
  expect(maskText(text)).toBe(text);
});

test.each([
  ['password', true],
  ['db.password', true],
  ['http.request.header.authorization', true],
  ['http.response.header.set-cookie', true],
  ['X-Api-Key', true],
  ['clientSecret', true],
  ['accessToken', true],
  ['token', true],
  ['gen_ai.usage.input_tokens', false],
  ['session.id', false],
  ['messaging.kafka.message.key', false],
  ['secretary', false],
  ['password_hash_rounds', false],
])('the key %s is secret: %s', (key, expected) => {
  expect(isSensitiveKey(key)).toBe(expected);
});

const { maskExport: mask } = makeMasker();
const decode = <S extends Signal>(signal: S, json: object) => decodeJson(signal, Buffer.from(JSON.stringify(json)));
const secret = [{ key: 'password', value: { stringValue: 'hunter2' } }];
const hidden = [{ key: 'password', value: { stringValue: '[masked]' } }];

test.each([
  [
    'logs',
    (attributes: object[], text: string) => ({
      resourceLogs: [
        {
          resource: { attributes },
          scopeLogs: [{ scope: { attributes }, logRecords: [{ body: { stringValue: text }, attributes }] }],
        },
      ],
    }),
  ],
  [
    'traces',
    (attributes: object[], text: string) => ({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  name: text,
                  attributes,
                  events: [{ name: 'e', attributes }],
                  links: [{ attributes }],
                  status: { message: text, code: 2 },
                },
              ],
            },
          ],
        },
      ],
    }),
  ],
  [
    'metrics',
    (attributes: object[]) => ({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'm',
                  gauge: {
                    dataPoints: [
                      { attributes, asDouble: 1, exemplars: [{ asDouble: 1, filteredAttributes: attributes }] },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  ],
] as const)('%s are masked in every place that holds text', (signal, make) => {
  const given = decode(signal, make(secret, 'pwd=hunter2'));
  const before = structuredClone(given);
  expect(toJsonValue(signal, mask(signal, given))).toEqual(
    toJsonValue(signal, decode(signal, make(hidden, 'pwd=[masked]'))),
  );
  expect(given).toEqual(before);
});

test('a secret name hides lists and maps below it, and leaves numbers', () => {
  const value = {
    kvlistValue: {
      values: [{ key: 'a', value: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: '7' }] } } }],
    },
  };
  const request = decode('logs', {
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: [{ key: 'credentials', value }] }] }] }],
  });
  const record = mask('logs', request)[0]?.scopes[0]?.items[0];
  expect(JSON.stringify(record?.attributes)).toBe(
    '[{"key":"credentials","value":{"kind":"kvlist","value":[{"key":"a","value":{"kind":"array","value":[{"kind":"string","value":"[masked]"},{"kind":"int","value":7}]}}]}}]',
  );
});

test('a request without secrets comes back as the same object', () => {
  const request = decode('logs', {
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'GET /x took 3 ms' } }] }] }],
  });
  expect(mask('logs', request)).toBe(request);
});

const recorded = join(import.meta.dirname, '../../../test/conformance/data');
test.runIf(existsSync(recorded)).each(signals)(
  'the recorded %s of the conformance kit hold nothing that is masked',
  (signal) => {
    const { requests } = JSON.parse(readFileSync(join(recorded, `${signal}.json`), 'utf8')) as {
      requests: { body: object }[];
    };
    const changed = requests
      .map(({ body }) => decode(signal, body))
      .filter((request) => mask(signal, request) !== request)
      .map((request) => JSON.stringify(toJsonValue(signal, mask(signal, request))));
    expect(changed).toEqual([]);
  },
);

test.each([
  ['letters', 'a'.repeat(200_000)],
  ['token starts', 'eyJ'.repeat(60_000)],
  ['dashed token starts', 'sk-'.repeat(60_000)],
  ['open quotes', 'password="'.repeat(20_000)],
  ['names', 'password-'.repeat(20_000)],
  ['addresses', '://a:'.repeat(40_000)],
  ['digits', '4111 1111 '.repeat(20_000)],
  ['key headers', '-----BEGIN PRIVATE KEY-----'.repeat(5_000)],
])('hostile text of %s does not hold the keeper up', (_, text) => {
  // Quadratic patterns take minutes here and end in the time-out of the test.
  expect(typeof maskText(`password ${text}`)).toBe('string');
});

test('labels of written series and of their exemplars are masked', () => {
  const series = [
    {
      labels: [{ name: 'token', value: 'abc' }],
      samples: [],
      exemplars: [{ labels: [{ name: 'password', value: 'hunter22' }], value: 1, timeMs: 1 }],
    },
    { labels: [{ name: 'a', value: 'b' }], samples: [] },
  ];
  const masked = makeMasker().maskSeries(series);
  expect(masked[0]).toMatchObject({
    labels: [{ value: '[masked]' }],
    exemplars: [{ labels: [{ value: '[masked]' }] }],
  });
  expect(masked[1]).toBe(series[1]);
});
