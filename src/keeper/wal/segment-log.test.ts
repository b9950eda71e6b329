// The write-ahead log of one signal: order, rotation, damage, and what a disk refuses.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';
import type { Frame } from './frame.ts';
import { SegmentLog } from './segment-log.ts';

let folder: string;
let notes: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs-wal-'));
  notes = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (over: { segmentBytes?: number; maxBytes?: number; retentionMs?: number } = {}) =>
  new SegmentLog({ folder, name: 'logs', segmentBytes: 1000, maxBytes: 1e9, retentionMs: 1e12, ...over });
const frame = (text: string, receivedNs = 1n): Frame => ({ kind: 1, receivedNs, payload: Buffer.from(text) });
const texts = (log: SegmentLog) =>
  [...log.replay((note, kind) => notes.push(`${kind}: ${note}`))].map(({ payload }) => String(payload));
const files = () => readdirSync(folder).sort();
const lastFile = () => join(folder, files().at(-1)!);

// https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
test.each([
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
])('the checksum of %s is that of the standard', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
  expect(crc32c(bytes.subarray(3), crc32c(bytes.subarray(0, 3)))).toBe(expected);
});

test('what was appended is replayed in order, with its times', () => {
  const log = open();
  log.append(frame('one', 10n));
  log.append(frame('', 20n));
  log.append(frame('three', 30n));
  log.close();
  expect([...open().replay(() => undefined)].map(({ receivedNs }) => receivedNs)).toEqual([10n, 20n, 30n]);
  expect(texts(open())).toEqual(['one', '', 'three']);
});

test('appending goes on after replay, in the segment that was last', () => {
  const first = open();
  first.append(frame('a'));
  first.close();
  const second = open();
  expect(texts(second)).toEqual(['a']);
  second.append(frame('b'));
  second.close();
  expect(texts(open())).toEqual(['a', 'b']);
  expect(files()).toHaveLength(1);
});

test.each([
  ['cut off in its payload', (path: string) => truncateSync(path, readFileSync(path).length - 2), 'cut off'],
  ['cut off in its header', (path: string) => truncateSync(path, readFileSync(path).length - 24), 'cut off'],
  ['followed by zeros', (path: string) => appendFileSync(path, Buffer.alloc(40)), 'checksum'],
  ['followed by noise', (path: string) => appendFileSync(path, Buffer.alloc(40, 0xfe)), 'impossible length'],
])('a log whose last record is %s keeps the others, says so once, and goes on', (_, damage, note) => {
  const log = open();
  log.append(frame('first'));
  log.append(frame('second'));
  log.append(frame('last one'));
  log.close();
  damage(lastFile());
  const kept = texts(open());
  expect(kept.slice(0, 2)).toEqual(['first', 'second']);
  expect(notes).toEqual([expect.stringContaining(note)]);
  const again = open();
  texts(again);
  again.append(frame('after'));
  again.close();
  expect(texts(open())).toEqual([...kept, 'after']);
  expect(notes).toHaveLength(1);
});

const places = [
  ['in its payload', 40],
  ['in its length', 34],
  ['in its kind', 51],
] as const;

test.each([
  ['an older', 100],
  ['the newest', 1000],
])('a changed byte in the middle of %s segment costs one record only, and is a loss', (_, segmentBytes) => {
  for (const [where, at] of places) {
    rmSync(folder, { recursive: true });
    notes = [];
    const log = open({ segmentBytes });
    for (const text of ['aaaaaaaaa', 'bbbbbbbbb', 'ccccccccc', 'ddddddddd']) log.append(frame(text));
    log.close();
    const path = join(folder, files()[0]!);
    const bytes = readFileSync(path);
    bytes[at]! ^= 0x40;
    writeFileSync(path, bytes);
    expect(texts(open()), where).toEqual(['aaaaaaaaa', 'ccccccccc', 'ddddddddd']);
    expect(notes).toEqual([expect.stringMatching(/^loss: .*at byte 34; 26 bytes from there are left out$/)]);
    const again = open({ segmentBytes });
    texts(again);
    again.append(frame('after'));
    again.close();
    expect(texts(open())).toEqual(['aaaaaaaaa', 'ccccccccc', 'ddddddddd', 'after']);
  }
});

test('a keeper that was killed between making a segment and writing to it leaves nothing that spoils the next one', () => {
  for (const left of ['', 'obsw']) {
    rmSync(folder, { recursive: true });
    const first = open();
    first.append(frame('a'));
    first.close();
    writeFileSync(join(folder, 'logs-00000002.wal'), left);
    const second = open();
    expect(texts(second)).toEqual(['a']);
    second.append(frame('b'));
    second.close();
    expect(texts(open())).toEqual(['a', 'b']);
  }
});

test('a file of another version is left out with a note, and left as it is', () => {
  writeFileSync(join(folder, 'logs-00000001.wal'), 'obswal9\nwhatever');
  const log = open();
  expect(texts(log)).toEqual([]);
  log.append(frame('ours'));
  log.close();
  expect(readFileSync(join(folder, 'logs-00000001.wal'), 'latin1')).toBe('obswal9\nwhatever');
  expect(notes[0]).toContain('does not begin like a log of this version');
});

test('the oldest segments go when the log is too large, and when they are too old', () => {
  const large = open({ segmentBytes: 60, maxBytes: 100 });
  for (const text of ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc', 'dddddddddd']) large.append(frame(text));
  large.prune(2n);
  large.close();
  expect(texts(open())).toEqual(['cccccccccc', 'dddddddddd']);
  const aged = open({ segmentBytes: 60, retentionMs: 1 });
  texts(aged);
  aged.append(frame('young one!', 5_000_000n));
  aged.prune(5_500_000n);
  aged.close();
  expect(texts(open())).toEqual(['young one!']);
});

test('parts of what was appended can be read again until its segment is gone', () => {
  const log = open({ segmentBytes: 60 });
  const [first, second] = ['aaaa0123456789', 'bbbb0123456789'].map((text) => log.append(frame(text)));
  const part = Buffer.alloc(4);
  for (const [record, expected] of [
    [first, 'aa01'],
    [second, 'bb01'],
  ] as const) {
    expect(record?.read(part, 2)).toBe(true);
    expect(String(part)).toBe(expected);
  }
  expect(second?.read(part, 12)).toBe(false); // beyond the end of the file
  log.removeBefore(log.newest);
  expect(first?.read(part, 2)).toBe(false);
  log.clear();
  expect(second?.read(part, 2)).toBe(false);
  log.close();
});

test('a folder that cannot be made is an error of append, again and again, and no other', () => {
  writeFileSync(join(folder, 'file'), '');
  const log = new SegmentLog({
    folder: join(folder, 'file', 'wal'),
    name: 'x',
    segmentBytes: 9,
    maxBytes: 9,
    retentionMs: 9,
  });
  expect(texts(log)).toEqual([]);
  expect(() => log.append(frame('a'))).toThrow(/ENOTDIR/);
  expect(() => log.append(frame('a'))).toThrow(/ENOTDIR/);
  log.close();
});
