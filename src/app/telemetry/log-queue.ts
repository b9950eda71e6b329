// Output records on their way to the keeper: many per request, one request at a time, in order.

import { setImmediate as giveWay } from 'node:timers/promises';
import { sleep } from '../../std/sleep.ts';
import type { LogRecord } from '../../wire/otlp/types.ts';
import type { CapturedLine } from '../output/capture.ts';
import type { Crash } from '../output/crash.ts';
import { guessLevel } from '../output/level.ts';
import type { LineContexts } from '../output/line-contexts.ts';
import { findTraceIds, noTraceIds, type TraceIds } from '../output/trace-ids.ts';
import { makeAttributes } from './resource.ts';
import { type SendTarget, sendRecords } from './sender.ts';
import type { SentLines } from './sent-lines.ts';

const sendDelayMs = 20;
const maxPerRequest = 1000;
/** Records made at a stretch: the app's output is read in between, and an app whose pipe is full stands still. */
const maxAtAStretch = 200;
/** Above this the app's output is no longer read until some has been sent, so that memory stays bounded. */
const maxQueued = 250_000;

/**
 * A burst of lines is sent when it is over: making records of them, and storing those, would take from the app the
 * processor that it writes them with. It has lasted long enough after `longestMs` or `maxLines`.
 */
const burst = { minLines: 2000, maxLines: 150_000, quietMs: 15, longestMs: 1000, lookMs: 5 } as const;

/** A line; with ids where it is known already to which span it belongs. */
interface QueuedLine extends CapturedLine {
  readonly ids?: TraceIds;
}

/** First lines of errors that are remembered, so that an error is not recorded twice. */
const maxPrintedErrors = 1000;
const looksLikeError = /\b(?:[A-Z]\w*)?(?:Error|Exception)\b/;

export interface LogQueueOptions {
  readonly target: SendTarget;
  /** Where the spans of lines are known that bear no ids themselves. */
  readonly contexts: LineContexts;
  /** What the app sends itself: lines that are there already are left out. */
  readonly sentLines: Pick<SentLines, 'expect' | 'holdMs' | 'refresh' | 'take'>;
  readonly nowMs: () => number;
  /** Called with false when reading the app's output has to wait, with true when it may go on. */
  readonly setFlowing: (flowing: boolean) => void;
}

export class LogQueue {
  readonly #options: LogQueueOptions;
  readonly #printedErrors = new Set<string>();
  #queue: QueuedLine[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #isSending = false;
  #isFlowing = true;
  #isEnding = false;
  #lastNs = 0n;
  #lastPushMs = 0;
  /** Records that the keeper did not take. */
  lost = 0;

  constructor(options: LogQueueOptions) {
    this.#options = options;
  }

  push(record: CapturedLine): void {
    this.#noteError(record.text);
    this.#queue.push(record);
    this.#lastPushMs = performance.now();
    if (this.#queue.length > maxQueued) this.#flow(false);
    if (!this.#isSending) this.#timer ??= setTimeout(() => this.#start(), sendDelayMs);
  }

  /** Uncaught errors as records, except those whose text was written to the output. */
  pushCrashes(crashes: readonly Crash[]): void {
    for (const { atMs, stack, traceId, spanId } of crashes) {
      if (this.#printedErrors.has(readHead(stack))) continue;
      this.#queue.push({ text: stack, atMs, stream: 'stderr', ids: { traceId, spanId } });
    }
  }

  /** Resolves when everything pushed so far was sent; the app has ended. */
  async flush(): Promise<void> {
    this.#isEnding = true;
    while (this.#queue.length > 0) {
      this.#start();
      await this.#sending;
    }
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isSending) return;
    this.#isSending = true;
    this.#sending = this.#sendAll().finally(() => {
      this.#isSending = false;
      const [next] = this.#queue;
      if (next === undefined || this.#isEnding) return;
      const dueMs = next.atMs + this.#options.sentLines.holdMs - this.#options.nowMs();
      this.#timer ??= setTimeout(() => this.#start(), Math.max(sendDelayMs, dueMs));
    });
  }

  async #sendAll(): Promise<void> {
    const { contexts, sentLines, target } = this.#options;
    for (;;) {
      await this.#waitForBurst();
      await contexts.read();
      if (contexts.hasOwnLogs) sentLines.expect();
      const batch = this.#takeDue();
      if (batch.length === 0) return;
      if (this.#queue.length < maxQueued / 2) this.#flow(true);
      if (sentLines.holdMs > 0) await sentLines.refresh();
      const records = await this.#makeRecords(batch.filter((line) => !this.#isDouble(line)));
      if (records.length > 0 && !(await sendRecords(target, 'logs', records))) this.lost += records.length;
    }
  }

  async #waitForBurst(): Promise<void> {
    const beganAtMs = performance.now();
    const goesOn = (nowMs: number): boolean =>
      nowMs - this.#lastPushMs < burst.quietMs && nowMs - beganAtMs < burst.longestMs && !this.#isEnding;
    const isOne = (): boolean => this.#queue.length > burst.minLines && this.#queue.length < burst.maxLines;
    while (isOne() && goesOn(performance.now())) await sleep(burst.lookMs);
  }

  /** The next lines that need not wait for what the app sends itself. */
  #takeDue(): QueuedLine[] {
    const { sentLines, nowMs } = this.#options;
    const untilMs = this.#isEnding || sentLines.holdMs === 0 ? Number.POSITIVE_INFINITY : nowMs() - sentLines.holdMs;
    const next = this.#queue.slice(0, maxPerRequest);
    const firstToWait = next.findIndex(({ atMs }) => atMs > untilMs);
    const due = firstToWait === -1 ? next : next.slice(0, firstToWait);
    this.#queue = this.#queue.slice(due.length);
    return due;
  }

  #isDouble(line: QueuedLine): boolean {
    if (line.ids !== undefined || !this.#options.sentLines.take(line.text)) return false;
    // What was noted about it must not be taken for the next line like it.
    this.#options.contexts.take(line.text);
    return true;
  }

  async #makeRecords(batch: readonly QueuedLine[]): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (let at = 0; at < batch.length; at += maxAtAStretch) {
      if (at > 0) await giveWay();
      for (const line of batch.slice(at, at + maxAtAStretch)) records.push(this.#makeRecord(line));
    }
    return records;
  }

  #makeRecord(line: QueuedLine): LogRecord {
    const written = findTraceIds(line.text);
    const noted = line.ids ?? this.#options.contexts.take(line.text);
    const ids = written === noTraceIds ? noted : written;
    const timeUnixNano = this.#nextTime(line.atMs);
    return makeLogRecord(line, { ids, timeUnixNano });
  }

  #noteError(text: string): void {
    if (this.#printedErrors.size < maxPrintedErrors && looksLikeError.test(text))
      this.#printedErrors.add(readHead(text));
  }

  // Equal lines at an equal time are one to Loki, and the clock is coarser than a fast program.
  #nextTime(atMs: number): bigint {
    const atNs = BigInt(Math.round(atMs * 1000)) * 1000n;
    this.#lastNs = atNs > this.#lastNs ? atNs : this.#lastNs + 1n;
    return this.#lastNs;
  }

  #flow(flowing: boolean): void {
    if (flowing === this.#isFlowing) return;
    this.#isFlowing = flowing;
    this.#options.setFlowing(flowing);
  }
}

const streamAttributes = {
  stdout: makeAttributes({ 'log.iostream': 'stdout' }),
  stderr: makeAttributes({ 'log.iostream': 'stderr' }),
};

interface Origin {
  readonly ids: TraceIds;
  readonly timeUnixNano: bigint;
}

function makeLogRecord({ text, stream }: CapturedLine, { ids, timeUnixNano }: Origin): LogRecord {
  const level = guessLevel(text, stream);
  return {
    timeUnixNano,
    observedTimeUnixNano: timeUnixNano,
    severityNumber: level.number,
    severityText: level.text,
    body: { kind: 'string', value: text },
    attributes: streamAttributes[stream],
    droppedAttributesCount: 0,
    flags: 0,
    ...ids,
    eventName: '',
  };
}

function readHead(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}
