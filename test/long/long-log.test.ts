// A log that is long enough for a thread of its own to check it (check-ahead.ts) gives back what a short one would: every
// good record in order, and a word on each damaged one.
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SignalLogs } from '../../src/keeper/wal/signal-logs.ts';
import { findDistFile } from '../../src/std/package-root.ts';
import type { Signal } from '../../src/wire/otlp/request.ts';

const mebibyte = 1024 * 1024;
const recordsOfSignal: Readonly<Record<Signal, number>> = { logs: 24, metrics: 20, traces: 3 };
let stackDir: string;
let notes: string[];

beforeEach(() => {
  stackDir = mkdtempSync(join(tmpdir(), 'obs-long-log-'));
  notes = [];
});
afterEach(() => rmSync(stackDir, { recursive: true, force: true }));

const open = () =>
  new SignalLogs({
    stackDir,
    nowMs: () => 0,
    maxBytes: 1e9,
    retentionMs: 1e12,
    onNote: (note) => notes.push(note),
  });

function write(): string[] {
  const logs = open();
  const written: string[] = [];
  for (const [signal, count] of Object.entries(recordsOfSignal) as [Signal, number][]) {
    for (let i = 0; i < count; i++) {
      const name = `${signal} ${i};`;
      logs.append(signal, { kind: 1, receivedNs: BigInt(i), payload: Buffer.alloc(mebibyte, name) });
      written.push(name);
    }
  }
  logs.close();
  return written;
}

async function read(): Promise<string[]> {
  const logs = open();
  const found: string[] = [];
  await logs.replay((signal, { payload }) => {
    const name = payload.toString('latin1', 0, payload.indexOf(';') + 1);
    if (name.startsWith(`${signal} `) && payload.equals(Buffer.alloc(mebibyte, name))) found.push(name);
  });
  logs.close();
  return found;
}

const segments = () => readdirSync(join(stackDir, 'wal')).map((name) => join(stackDir, 'wal', name));

function flipByte(path: string, at: number): void {
  const fd = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, at);
  byte[0]! ^= 1; // it has one
  writeSync(fd, byte, 0, 1, at);
}

test('a long log is replayed whole and in order', async () => {
  expect(existsSync(findDistFile('program/segment-checker.cjs'))).toBe(true);
  const written = write();
  expect(await read()).toEqual(written);
  expect(notes).toEqual([]);
});

test('a long log with a damaged record and a torn end gives back all others', async () => {
  const written = write();
  const [firstOfLogs = '', ...others] = segments();
  const lastOfTraces = others.at(-1) ?? '';
  flipByte(firstOfLogs, 3.5 * mebibyte);
  truncateSync(lastOfTraces, statSync(lastOfTraces).size - 5);
  const kept = written.filter((name) => name !== 'logs 3;' && name !== 'traces 2;');
  expect(await read()).toEqual(kept);
  expect(notes).toEqual([
    expect.stringMatching(/logs-00000001\.wal: a record does not match its checksum .* are left out$/),
    expect.stringMatching(/traces-00000001\.wal: a record is cut off .* are left out$/),
  ]);
  expect(await read()).toEqual(kept);
  expect(notes).toHaveLength(3); // the torn end was cut off
});

test('a segment of a long log that cannot be read is an error, not a shorter log', async () => {
  write();
  const logs = open();
  rmSync(segments()[1] ?? '');
  await expect(logs.replay(() => undefined)).rejects.toThrow('ENOENT');
  logs.close();
});
