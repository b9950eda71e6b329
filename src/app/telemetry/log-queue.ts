// Output records on their way to the keeper: many per request, one request at a time, in order.

import type { LogRecord } from '../../wire/otlp/types.ts';
import type { CapturedLine } from '../output/capture.ts';
import { guessLevel } from '../output/level.ts';
import { findTraceIds } from '../output/trace-ids.ts';
import { makeAttributes } from './resource.ts';
import { type SendTarget, sendRecords } from './sender.ts';

const sendDelayMs = 20;
const maxPerRequest = 4000;
/** Above this the app's output is no longer read until some has been sent, so that memory stays bounded. */
const maxQueued = 250_000;

export class LogQueue {
  readonly #target: SendTarget;
  readonly #setFlowing: (flowing: boolean) => void;
  #queue: CapturedLine[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #isSending = false;
  #isFlowing = true;
  #lastNs = 0n;
  /** Records that the keeper did not take. */
  lost = 0;

  constructor(target: SendTarget, setFlowing: (flowing: boolean) => void) {
    this.#target = target;
    this.#setFlowing = setFlowing;
  }

  push(record: CapturedLine): void {
    this.#queue.push(record);
    if (this.#queue.length > maxQueued) this.#flow(false);
    if (!this.#isSending) this.#timer ??= setTimeout(() => this.#start(), sendDelayMs);
  }

  /** Resolves when everything pushed so far was sent. */
  async flush(): Promise<void> {
    this.#start();
    await this.#sending;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isSending) return;
    this.#isSending = true;
    this.#sending = this.#sendAll().finally(() => {
      this.#isSending = false;
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, maxPerRequest);
      this.#queue = this.#queue.slice(maxPerRequest);
      if (this.#queue.length < maxQueued / 2) this.#flow(true);
      const records = batch.map((line) => makeLogRecord(line, this.#nextTime(line.atMs)));
      if (!(await sendRecords(this.#target, 'logs', records))) this.lost += batch.length;
    }
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
    this.#setFlowing(flowing);
  }
}

const streamAttributes = {
  stdout: makeAttributes({ 'log.iostream': 'stdout' }),
  stderr: makeAttributes({ 'log.iostream': 'stderr' }),
};

function makeLogRecord({ text, stream }: CapturedLine, timeUnixNano: bigint): LogRecord {
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
    ...findTraceIds(text),
    eventName: '',
  };
}
