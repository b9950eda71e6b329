// Bytes written in place read as the text they stand for.
import { expect, test } from 'vitest';
import { ByteWriter, makePiece } from './byte-writer.ts';

function write(work: (out: ByteWriter) => void): string {
  const out = new ByteWriter();
  work(out);
  return out.finish().toString();
}

test.each([[0], [7], [10], [999_999_999], [1e15], [Number.MAX_SAFE_INTEGER], [-5], [2n ** 63n - 1n]])(
  'the number %s',
  (value) => {
    expect(write((out) => out.number(value))).toBe(String(value));
  },
);

test.each([
  [0, 5, '5'],
  [1, 5, '1000000005'],
  [1_700_000_000, 0, '1700000000000000000'],
  [1_700_000_000, 999_999_999, '1700000000999999999'],
  [1_700_000_000, 100_090_010, '1700000000100090010'],
])('%d s and %d ns', (sec, nano, text) => {
  expect(write((out) => out.nanos(sec, nano))).toBe(text);
});

test.each(['', 'plain', 'quote " and \\', 'line\nbreak', 'grün', '\u{1F600}', '\u0000', 'a'.repeat(1e5)])(
  'the string %j',
  (text) => {
    expect(JSON.parse(write((out) => out.quoted(text)))).toBe(text);
  },
);

test.each(['0000000000000000', 'ffffffffffffffff', '0123456789abcdef', '80000000ff000001'])('the span id %s', (id) => {
  const high = Number.parseInt(id.slice(0, 8), 16);
  const low = Number.parseInt(id.slice(8), 16);
  expect(write((out) => out.spanId(high, low))).toBe(Buffer.from(id, 'hex').toString('base64'));
});

test('many pieces stand one after the other', () => {
  const piece = makePiece('0123456789');
  const text = write((out) => {
    for (let i = 0; i < 20_000; i++) out.piece(piece);
  });
  expect(text).toBe('0123456789'.repeat(20_000));
});

test.each([0, 1, 3, 4, 5, 200, 300])('%d bytes are written again', (length) => {
  const bytes = 'abcdefghij'.repeat(30).slice(0, length);
  const text = write((out) => {
    out.piece(makePiece(`<${bytes}>`));
    out.again(1, 1 + length);
    out.ascii('!');
  });
  expect(text).toBe(`<${bytes}>${bytes}!`);
});

test('nanoseconds have all their digits', () => {
  const wrong = Array.from({ length: 10_000 }, (_, i) => i * 99_991).filter(
    (nano) => write((out) => out.nanos(1, nano)) !== `1${String(nano).padStart(9, '0')}`,
  );
  expect(wrong).toEqual([]);
});
