// Identifiers. Each is made by one function of this file and nowhere else.
import { createHash, randomBytes } from 'node:crypto';
import type { Brand } from './brand.ts';

/** First 12 hex digits of sha256 of the worktree's real path. */
export type StackId = Brand<string, 'StackId'>;
/** `r-` plus a time-sortable id; one boot of one app. */
export type RunId = Brand<string, 'RunId'>;
/** `j-` plus a time-sortable id; one invocation of a journey. */
export type JourneyId = Brand<string, 'JourneyId'>;
/** 32 lower-case hex digits. */
export type TraceId = Brand<string, 'TraceId'>;
/** 16 lower-case hex digits. */
export type SpanId = Brand<string, 'SpanId'>;

/** The id of the stack that belongs to a worktree; `realPath` has no symbolic links left in it. */
export function makeStackId(realPath: string): StackId {
  return createHash('sha256').update(realPath).digest('hex').slice(0, 12) as StackId;
}

/** A fresh run id; ids made later sort later (millisecond resolution). */
export function makeRunId(nowMs: number): RunId {
  return `r-${makeSortable(nowMs)}` as RunId;
}

/** A fresh journey invocation id; ids made later sort later (millisecond resolution). */
export function makeJourneyId(nowMs: number): JourneyId {
  return `j-${makeSortable(nowMs)}` as JourneyId;
}

export function makeTraceId(): TraceId {
  return randomBytes(16).toString('hex') as TraceId;
}

export function makeSpanId(): SpanId {
  return randomBytes(8).toString('hex') as SpanId;
}

/** Reads a trace id in hex, with leading zeros left out or not; undefined if it is none. */
export function parseTraceId(text: string): TraceId | undefined {
  return /^[0-9a-fA-F]{1,32}$/.test(text) ? (text.toLowerCase().padStart(32, '0') as TraceId) : undefined;
}

// 9 base-36 digits hold milliseconds until the year 5188, so that text order is time order.
function makeSortable(nowMs: number): string {
  const random = randomBytes(4).readUInt32BE(0).toString(36).padStart(7, '0');
  return nowMs.toString(36).padStart(9, '0') + random;
}
