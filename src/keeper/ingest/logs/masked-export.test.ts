// The quick way of masking (bytes) against the thorough one (objects): random exports with secrets planted anywhere come out
// of both the same, in what is logged and in what is stored.
import { expect, it } from 'vitest';
import { Random, readSeed } from '../../../../test/fuzz/random.ts';
import { decodeJson, decodeProtobuf, encodeProtobuf } from '../../../wire/otlp/request.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import { LogStore } from '../../store/logs/log-store.ts';
import { makeDirectLogs } from './direct-export.ts';
import { entriesOfOtlp } from './otlp-entries.ts';

const seed = readSeed();
const random = new Random(seed);
const receivedNs = 1_795_600_000_000_000_000n;
/** Becomes two bytes that are no UTF-8. */
const broken = '~~';
const notUtf8 = Buffer.from([0xff, 0xfe]);

const secrets = [
  'password=hunter2',
  '"apiKey":"abc123def"',
  'Bearer 0a1b2c3d4e5f',
  'db://ann:pw@h',
  '4111 1111 1111 1111',
  `ghp_${'a1'.repeat(18)}`,
];
// Halves that are a secret only when they happen to stand side by side: in fields of their own they are none.
const halves = ['pass', 'word=x', 'to', 'ken: ', '4111 1111', ' 1111 1111', 'Bea', 'rer 0a1b2c3d4e5f'];
const ordinary = ['GET /items', '{"status":200}', 'größe', 'x'.repeat(150), '20261123', ' ', 'monkey', 'key', broken];
const keys = ['http.route', 'password', 'db.token', 'n', 'clientSecret', 'user.name'];

const text = () =>
  Array.from({ length: random.below(5) }, () =>
    random.pick(random.below(12) === 0 ? secrets : random.below(3) === 0 ? halves : ordinary),
  ).join('');

function value(): object {
  const makers = [
    () => ({ stringValue: text() }),
    () => ({ stringValue: text() }),
    () => ({ intValue: String(random.below(1000)) }),
    () => ({ boolValue: true }),
    () => ({ arrayValue: { values: [{ stringValue: text() }] } }),
    () => ({ kvlistValue: { values: [{ key: random.pick(keys), value: { stringValue: text() } }] } }),
  ];
  return random.pick(makers)();
}

const attributes = () => Array.from({ length: random.below(4) }, () => ({ key: random.pick(keys), value: value() }));

function makeExport(): Buffer {
  const logRecords = Array.from({ length: 1 + random.below(20) }, (_, i) => ({
    timeUnixNano: String(receivedNs + BigInt(i)),
    severityNumber: random.below(24),
    body: random.below(8) === 0 ? value() : { stringValue: text() },
    attributes: attributes(),
  }));
  const scopeLogs = [{ scope: { name: 'lib' }, logRecords }];
  const json = { resourceLogs: [{ resource: { attributes: [] }, scopeLogs }] };
  const bytes = encodeProtobuf('logs', decodeJson('logs', Buffer.from(JSON.stringify(json))));
  for (let at = bytes.indexOf(broken); at !== -1; at = bytes.indexOf(broken, at)) notUtf8.copy(bytes, at);
  return bytes;
}

function linesOf(store: LogStore): string[] {
  return [...store.streams([])].flatMap(({ all }) =>
    all.flatMap((block) =>
      Array.from({ length: block.rowCount }, (_, row) =>
        JSON.stringify([
          block.bytes.toString('utf8', block.lineStarts[row], block.lineStarts[row + 1]),
          block.metadata(row),
        ]),
      ),
    ),
  );
}

it(`masks by bytes what it masks by objects, no more and no less (seed ${seed})`, () => {
  const masker = makeMasker();
  const short = new LogStore(() => 0);
  const long = new LogStore(() => 0);
  const readDirect = makeDirectLogs(short, masker);
  let changed = 0;
  for (let i = 0; i < 50; i++) {
    const body = makeExport();
    const masked = masker.maskExport('logs', decodeProtobuf('logs', body));
    const taken = readDirect(body, receivedNs);
    if (taken === undefined) continue; // the objects decide
    for (const { labels, entries } of entriesOfOtlp(masked, receivedNs)) long.append(labels, entries);
    expect(decodeProtobuf('logs', taken.payload ?? body)).toEqual(masked);
    if (taken.payload !== undefined) changed++;
    taken.commit();
  }
  expect(changed).toBeGreaterThan(10);
  expect(linesOf(short)).toEqual(linesOf(long));
});
