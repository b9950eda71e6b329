// Push requests in both forms, and what is refused.
import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import { decodePushJson, decodePushMessage, decodePushProtobuf, encodePushMessage, MalformedPush } from './push.ts';

/** A PushRequest as Promtail writes it. */
function encode(): Buffer {
  const writer = new PbfWriter();
  writer.writeMessage(
    1,
    (_, stream) => {
      stream.writeStringField(1, '{app="a"}');
      stream.writeMessage(
        2,
        (_entry, entry) => {
          entry.writeMessage(
            1,
            (_time, time) => {
              time.writeVarintField(1, 1_700_000_000);
              time.writeVarintField(2, 123_456_789);
            },
            undefined,
          );
          entry.writeStringField(2, 'a line');
          entry.writeMessage(
            3,
            (_pair, pair) => {
              pair.writeStringField(1, 'trace_id');
              pair.writeStringField(2, 'abc');
            },
            undefined,
          );
        },
        undefined,
      );
    },
    undefined,
  );
  return Buffer.from(writer.finish());
}

describe('a push request', () => {
  it('in JSON has streams, nanoseconds and structured metadata', () => {
    const body = '{"streams":[{"stream":{"app":"a"},"values":[["1700000000123456789","x"],["2","y",{"k":"v"}]]}]}';
    expect(decodePushJson(Buffer.from(body))).toEqual([
      {
        labels: { app: 'a' },
        entries: [
          { timeNs: 1_700_000_000_123_456_789n, line: 'x', metadata: [] },
          { timeNs: 2n, line: 'y', metadata: [['k', 'v']] },
        ],
      },
    ]);
  });

  it('in protobuf has the same', () => {
    expect(decodePushProtobuf(encode())).toEqual([
      {
        labels: '{app="a"}',
        entries: [{ timeNs: 1_700_000_000_123_456_789n, line: 'a line', metadata: [['trace_id', 'abc']] }],
      },
    ]);
  });

  it.each([
    '{',
    '{"streams":[1]}',
    '{"streams":[{"stream":{"a":[1]},"values":[]}]}',
    '{"streams":[{"stream":{},"values":[["x","y"]]}]}',
  ])('is refused when it is %s', (body) => expect(() => decodePushJson(Buffer.from(body))).toThrow(MalformedPush));

  it('is refused when its protobuf is broken', () => {
    expect(() => decodePushProtobuf(Buffer.from([0xff, 0xff]))).toThrow(MalformedPush);
  });
});

it.each(['9223372036854775808', '-9223372036854775809', '1'.repeat(5000)])(
  'a time beyond 64 bits is refused in the words of the real server (%#)',
  (time) => {
    const body = Buffer.from(JSON.stringify({ streams: [{ stream: { a: 'b' }, values: [[time, 'x']] }] }));
    expect(() => decodePushJson(body)).toThrow(/^strconv\.ParseInt: parsing "-?\d{1,40}": value out of range$/);
  },
);

it('a message that is cut off is refused', () => {
  const whole = encodePushMessage([{ labels: '{a="b"}', entries: [{ timeNs: 5n, line: 'a line', metadata: [] }] }]);
  expect(decodePushMessage(whole)).toHaveLength(1);
  expect(() => decodePushMessage(whole.subarray(0, -1))).toThrow('cut off');
});
