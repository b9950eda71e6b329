// Secrets of many shapes, generated from a seed; the sending of them by every way in and in every place that holds text; and the
// search for them in what every API answers and in files.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { compress } from 'snappyjs';
import { expect, onTestFinished } from 'vitest';
import { encodePushMessage } from '../../src/wire/loki/push.ts';
import { decodeJson, encodeProtobuf, type Signal } from '../../src/wire/otlp/request.ts';
import { encodeWriteRequest } from '../../src/wire/prometheus/remote-write.ts';
import type { Random } from '../fuzz/random.ts';
import type { RunningKeeper } from './keeper-process.ts';
import { post } from './telemetry.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const base64 = `${letters}+/`;

/** Makes text with secrets in it; `secrets` are the pieces that nobody may see. */
export class SecretMaker {
  readonly secrets: string[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Characters that are a secret; a digit is among them, as in whatever a machine made. */
  chars(count: number, alphabet = letters): string {
    const made = `${Array.from({ length: count - 1 }, () => alphabet[this.#random.below(alphabet.length)]).join('')}7`;
    this.secrets.push(made);
    return made;
  }

  /** A card number that passes Luhn's test. */
  card(): string {
    const digits = [4, ...Array.from({ length: 14 }, () => this.#random.below(10))];
    const sum = digits.reduce(
      (total, digit, i) => total + (i % 2 === 0 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit),
      0,
    );
    const made = [...digits, (10 - (sum % 10)) % 10].join('');
    this.secrets.push(made);
    return made;
  }

  text(): string {
    return `before ${this.#random.pick(shapes)(this)} behind`;
  }
}

type Shape = (make: SecretMaker) => string;

const shapes: readonly Shape[] = [
  (make) => `password=${make.chars(10)}`,
  (make) => `pwd: "${make.chars(12)}"`,
  (make) => `{"apiKey":"${make.chars(24)}","user":"tom"}`,
  (make) => `{\\"client_secret\\":\\"${make.chars(20)}\\"}`,
  (make) => `access_token=${make.chars(30)}&next=1`,
  (make) => `GET https://shop.test/cb?token=${make.chars(22)}&x=1`,
  (make) => `Authorization: Bearer ${make.chars(40)}`,
  (make) => `authorization: Basic ${make.chars(24, base64)}`,
  (make) => `Cookie: sid=${make.chars(26)}`,
  (make) => `set-cookie: session=${make.chars(26)}`,
  (make) => `postgres://shop:${make.chars(16)}@db.test:5432/shop`,
  (make) => `amqps://user:${make.chars(9)}@mq/vhost`,
  (make) => `AKIA${make.chars(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
  (make) => `ghp_${make.chars(36)}`,
  (make) => `glpat-${make.chars(20)}`,
  (make) => `sk-${make.chars(40)}`,
  (make) => `sk_live_${make.chars(24)}`,
  (make) => `xoxb-${make.chars(24)}`,
  (make) => `npm_${make.chars(36)}`,
  (make) => `eyJ${make.chars(20)}.eyJ${make.chars(30)}.${make.chars(43)}`,
  (make) =>
    `-----BEGIN RSA PRIVATE KEY-----\n${make.chars(64, base64)}\n${make.chars(64, base64)}\n-----END RSA PRIVATE KEY-----`,
  (make) => `paid with ${make.card()}`,
];

const nowNs = () => String(BigInt(Date.now()) * 1_000_000n);
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** One export of each signal with secrets in every place that holds text. */
const exports: Readonly<Record<Signal, (make: SecretMaker) => object>> = {
  logs: (make) => ({
    resourceLogs: [
      {
        resource: { attributes: [text('service.name', 'leaky'), text('note', make.text())] },
        scopeLogs: [
          {
            scope: { name: 's', attributes: [text('scope.note', make.text())] },
            logRecords: [
              { timeUnixNano: nowNs(), body: { stringValue: make.text() } },
              {
                timeUnixNano: nowNs(),
                body: { kvlistValue: { values: [text('m', make.text()), text('password', make.chars(9))] } },
                attributes: [
                  text('a', make.text()),
                  text('db.password', make.chars(8)),
                  { key: 'list', value: { arrayValue: { values: [{ stringValue: make.text() }] } } },
                ],
              },
            ],
          },
        ],
      },
    ],
  }),
  metrics: (make) => {
    const dataPoint = () => ({
      timeUnixNano: nowNs(),
      attributes: [text('label', make.text()), text('api.key', make.chars(20))],
      exemplars: [{ timeUnixNano: nowNs(), asDouble: 1, filteredAttributes: [text('e', make.text())] }],
    });
    return {
      resourceMetrics: [
        {
          resource: { attributes: [text('service.name', 'leaky'), text('note', make.text())] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'g',
                  metadata: [text('m', make.text())],
                  gauge: { dataPoints: [{ ...dataPoint(), asDouble: 1 }] },
                },
                {
                  name: 'c',
                  sum: {
                    aggregationTemporality: 2,
                    isMonotonic: true,
                    dataPoints: [{ ...dataPoint(), asDouble: 1 }],
                  },
                },
                {
                  name: 'h',
                  histogram: {
                    aggregationTemporality: 2,
                    dataPoints: [{ ...dataPoint(), count: '1', sum: 1, bucketCounts: ['1', '0'], explicitBounds: [5] }],
                  },
                },
              ],
            },
          ],
        },
      ],
    };
  },
  traces: (make) => ({
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'leaky'), text('note', make.text())] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: make.secrets.length.toString(16).padStart(32, 'a'),
                spanId: '0102030405060708',
                name: make.text(),
                startTimeUnixNano: nowNs(),
                endTimeUnixNano: nowNs(),
                attributes: [
                  text('db.statement', `select '${make.text()}'`),
                  text('url.full', `https://u:${make.chars(12)}@shop.test/`),
                  text('http.request.header.authorization', make.chars(30)),
                ],
                events: [
                  { name: make.text(), timeUnixNano: nowNs(), attributes: [text('exception.message', make.text())] },
                ],
                links: [
                  {
                    traceId: '0102030405060708090a0b0c0d0e0f10',
                    spanId: '0102030405060708',
                    attributes: [text('l', make.text())],
                  },
                ],
                status: { code: 2, message: make.text() },
              },
            ],
          },
        ],
      },
    ],
  }),
};

export async function sendOtlp({ endpoints }: RunningKeeper, signal: Signal, make: SecretMaker): Promise<void> {
  const url = `${endpoints.otlpHttp}/v1/${signal}`;
  const json = JSON.stringify(exports[signal](make));
  const protobuf = encodeProtobuf(signal, decodeJson(signal, Buffer.from(JSON.stringify(exports[signal](make)))));
  expect((await post(url, 'application/json', json)).status).toBe(200);
  expect((await post(url, 'application/x-protobuf', protobuf)).status).toBe(200);
}

export async function sendPush({ endpoints }: RunningKeeper, make: SecretMaker): Promise<void> {
  const url = `${endpoints.loki}/loki/api/v1/push`;
  const stream = { service_name: 'leaky-push' };
  const values = [[nowNs(), make.text(), { note: make.text(), password: make.chars(9) }]];
  expect((await post(url, 'application/json', JSON.stringify({ streams: [{ stream, values }] }))).status).toBe(204);
  const entries = [{ timeNs: BigInt(nowNs()), line: make.text(), metadata: [['note', make.text()] as const] }];
  const message = compress(encodePushMessage([{ labels: stream, entries }]));
  expect((await post(url, 'application/x-protobuf', message)).status).toBe(204);
}

export async function sendRemoteWrite({ endpoints }: RunningKeeper, make: SecretMaker): Promise<void> {
  const timeMs = Date.now();
  const labels = [
    { name: '__name__', value: 'written' },
    { name: 'note', value: make.text() },
    { name: 'token', value: make.chars(20) },
  ];
  const exemplars = [{ labels: [{ name: 'e', value: make.text() }], value: 1, timeMs }];
  const body = compress(encodeWriteRequest([{ labels, samples: [{ value: 1, timeMs }], exemplars }]));
  expect((await post(`${endpoints.prometheus}/api/v1/write`, 'application/x-protobuf', body)).status).toBe(204);
}

export async function scrapePage(keeper: RunningKeeper, make: SecretMaker): Promise<void> {
  const label = JSON.stringify(make.text());
  const page = `# TYPE leaky_page counter\nleaky_page_total{note=${label}} 1 # {e=${JSON.stringify(`password=${make.chars(9)}`)}} 1\n# EOF\n`;
  const app = createServer((_, response) => {
    response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0').end(page);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void app.close());
  await new Promise((done) => app.once('listening', done));
  const { port } = app.address() as AddressInfo; // it listens on a port
  const target = { url: `http://127.0.0.1:${port}/metrics`, intervalMs: 100, job: 'page', instance: 'page' };
  await keeper.control('PUT', '/obs/scrapes/r-1', target);
  const query = `${keeper.endpoints.prometheus}/api/v1/query?query=leaky_page_total`;
  while (!(await (await fetch(query)).text()).includes('leaky_page_total'))
    await new Promise((done) => setTimeout(done, 20));
}

/** What every API says, as text, by address. */
export async function askEverything({ endpoints, control }: RunningKeeper): Promise<Map<string, string>> {
  const { loki, prometheus, tempo } = endpoints;
  const all = encodeURIComponent('{service_name=~".+"}');
  const firsts = [
    `${loki}/loki/api/v1/query_range?query=${all}&limit=5000`,
    `${loki}/loki/api/v1/query?query=${encodeURIComponent('sum by (note, a, detected_level) (count_over_time({service_name=~".+"} | json | __error__="" [1h]))')}`,
    `${loki}/loki/api/v1/series?match[]=${all}`,
    `${loki}/loki/api/v1/labels`,
    `${loki}/loki/api/v1/detected_fields?query=${all}`,
    `${loki}/loki/api/v1/detected_labels?query=${all}`,
    `${loki}/loki/api/v1/patterns?query=${all}`,
    `${loki}/loki/api/v1/index/volume?query=${all}`,
    `${prometheus}/api/v1/query?query=${encodeURIComponent('{__name__=~".+"}')}`,
    `${prometheus}/api/v1/series?match[]=${encodeURIComponent('{__name__=~".+"}')}`,
    `${prometheus}/api/v1/query_exemplars?query=${encodeURIComponent('{__name__=~".+"}')}&start=0&end=9999999999`,
    `${prometheus}/api/v1/metadata`,
    `${prometheus}/api/v1/status/tsdb`,
    `${tempo}/api/search?q=${encodeURIComponent('{} | select(span.db.statement, span.url.full, resource.note, event.exception.message)')}&limit=1000&spss=100`,
    `${tempo}/api/v2/search/tags`,
  ];
  const answers = new Map<string, string>();
  const ask = async (url: string) => {
    const response = await fetch(url);
    const body = await response.text();
    expect(response.status, `${url}: ${body}`).toBe(200);
    answers.set(url, body);
    return body;
  };
  for (const url of firsts) await ask(url);
  const labels = JSON.parse(await ask(`${prometheus}/api/v1/labels`)) as { data: string[] };
  for (const name of labels.data) await ask(`${prometheus}/api/v1/label/${name}/values`);
  for (const tag of [
    'resource.note',
    'span.db.statement',
    'span.url.full',
    'name',
    'statusMessage',
    'event.exception.message',
    'link.l',
  ])
    await ask(`${tempo}/api/v2/search/tag/${tag}/values`);
  const { traces } = JSON.parse(answers.get(firsts.at(-2) ?? '') ?? '') as { traces: { traceID: string }[] };
  expect(traces.length).toBeGreaterThan(1);
  for (const { traceID } of traces)
    for (const version of ['', 'v2/']) await ask(`${tempo}/api/${version}traces/${traceID}`);
  for (const path of ['/obs/status', '/obs/arrivals', '/obs/metadata'])
    answers.set(path, JSON.stringify((await control('GET', path)).json));
  return answers;
}

export function readFiles(dir: string): Map<string, string> {
  const paths = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    paths.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'latin1')]),
  );
}

export function listLeaks(made: readonly string[], where: ReadonlyMap<string, string>): string[] {
  return [...where].flatMap(([place, content]) =>
    made.filter((secret) => content.includes(secret)).map((secret) => `${secret} in ${place}`),
  );
}
