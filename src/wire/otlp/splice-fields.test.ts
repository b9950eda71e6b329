// Replaced contents, and the lengths of all that is around them.
import { expect, it } from 'vitest';
import { decodeJson, decodeProtobuf, encodeProtobuf, toJsonValue } from './request.ts';
import { FieldSplicer } from './splice-fields.ts';

const makeExport = (...bodies: string[]) => ({
  resourceLogs: [
    {
      resource: { attributes: [] },
      scopeLogs: [
        {
          scope: { name: '' },
          logRecords: bodies.map((stringValue) => ({
            timeUnixNano: '7',
            severityNumber: 9,
            flags: 1,
            body: { stringValue },
          })),
        },
      ],
    },
  ],
});
const decodeObject = (json: object) => decodeJson('logs', Buffer.from(JSON.stringify(json)));

it.each([
  ['longer', ['one', 'two', 'three'], { two: 'x'.repeat(300) }],
  ['shorter', ['one', 'y'.repeat(300), 'three'], { ['y'.repeat(300)]: 'n' }],
  ['empty', ['one', 'two', 'three'], { three: '' }],
  ['several', ['one', 'two', 'three'], { one: '1', two: 'z'.repeat(20_000), three: '3' }],
])('a text gives way to one that is %s', (_, bodies, changes: Readonly<Record<string, string>>) => {
  const bytes = encodeProtobuf('logs', decodeObject(makeExport(...bodies)));
  const replacements = Object.entries(changes).map(([from, to]) => {
    const start = bytes.indexOf(from);
    return { start, end: start + from.length, content: Buffer.from(to) };
  });
  const spliced = new FieldSplicer().splice(bytes, replacements);
  const wanted = makeExport(...bodies.map((body) => changes[body] ?? body));
  expect(toJsonValue('logs', decodeProtobuf('logs', spliced))).toEqual(toJsonValue('logs', decodeObject(wanted)));
});

it('leaves a message in which nothing is replaced as it is', () => {
  const bytes = encodeProtobuf('logs', decodeObject(makeExport('one', 'two')));
  expect(new FieldSplicer().splice(bytes, []).equals(bytes)).toBe(true);
});
