// Which lines of a request may be stored: those within the limits, which are Loki's. What is beyond one is left out and the
// rest is taken, as Loki does.

import { formatLabels, keyOfLabels, type Label, type Labels } from '../../../logql/values.ts';
import { type Bounds, describeLimit, type LimitName } from '../../../model/limits.ts';
import type { LogStore, NewEntry } from '../../store/logs/log-store.ts';

/** Longest stream that a message shows. */
const shownLabels = 200;

interface Problem {
  readonly limit: LimitName;
  readonly what: string;
}

export interface Admitted {
  /** One of each entry: may it be stored? undefined: all may. */
  readonly kept: readonly boolean[] | undefined;
  readonly count: number;
}

/** Judges the entries of one request, stream by stream. */
export class LogAdmission {
  readonly #store: LogStore;
  readonly #bounds: Bounds;
  readonly #latestNs: bigint;
  readonly #newStreams = new Set<string>();
  #first: Problem | undefined;
  #rejected = 0;

  constructor(store: LogStore, { bounds, nowMs }: { readonly bounds: Bounds; readonly nowMs: () => number }) {
    this.#store = store;
    this.#bounds = bounds;
    this.#latestNs = BigInt(nowMs() + bounds.aheadOfClock) * 1_000_000n;
  }

  judge(labels: Labels, entries: readonly NewEntry[]): Admitted {
    if (entries.length === 0) return { kept: undefined, count: 0 };
    const problem = findLabelProblem(labels, this.#bounds) ?? this.#findStreamProblem(labels);
    if (problem !== undefined) {
      for (const _ of entries) this.#reject(problem);
      return { kept: entries.map(() => false), count: 0 };
    }
    const problems = entries.map(
      (entry) => this.#findTimeProblem(labels, entry) ?? findEntryProblem(labels, entry, this.#bounds),
    );
    if (problems.every((one) => one === undefined)) return { kept: undefined, count: entries.length };
    for (const one of problems) if (one !== undefined) this.#reject(one);
    const kept = problems.map((one) => one === undefined);
    return { kept, count: kept.filter(Boolean).length };
  }

  /** How the request was taken when all is judged and `accepted` entries were stored. */
  describe(accepted: number): { accepted: number; rejected: number; message?: string; partStatus?: number } {
    if (this.#first === undefined) return { accepted, rejected: 0 };
    const { what, limit } = this.#first;
    const message = `${what}: ${this.#rejected} of ${accepted + this.#rejected} lines left out (${describeLimit(limit, this.#bounds)})`;
    return { accepted, rejected: this.#rejected, message, partStatus: limit === 'streams' ? 429 : 400 };
  }

  #reject(problem: Problem): void {
    this.#first ??= problem;
    this.#rejected++;
  }

  #findTimeProblem(labels: Labels, { timeNs }: NewEntry): Problem | undefined {
    if (timeNs <= this.#latestNs) return undefined;
    const at = new Date(Number(timeNs / 1_000_000n));
    const time = Number.isNaN(at.getTime()) ? `${timeNs} ns` : at.toISOString();
    return { limit: 'aheadOfClock', what: `a line of the stream ${show(labels)} has a timestamp too new, ${time}` };
  }

  #findStreamProblem(labels: Labels): Problem | undefined {
    if (this.#store.hasStream(labels)) return undefined;
    const key = keyOfLabels(labels);
    if (this.#newStreams.has(key)) return undefined;
    if (this.#store.streamCount + this.#newStreams.size < this.#bounds.streams) {
      this.#newStreams.add(key);
      return undefined;
    }
    return { limit: 'streams', what: `no room for a further stream ${show(labels)}` };
  }
}

/** What is wrong with the labels of a stream; undefined for nothing. */
export function findLabelProblem(labels: Labels, bounds: Bounds): Problem | undefined {
  if (labels.length > bounds.streamLabels)
    return { limit: 'streamLabels', what: `the stream ${show(labels)} has ${labels.length} labels` };
  for (const [name, value] of labels) {
    if (isLonger(name, bounds.labelName))
      return { limit: 'labelName', what: `the stream ${show(labels)} has a label name of ${bytesOf(name)} bytes` };
    if (isLonger(value, bounds.streamLabelValue))
      return {
        limit: 'streamLabelValue',
        what: `label ${name.slice(0, shownLabels)} of the stream ${show(labels)} has ${bytesOf(value)} bytes`,
      };
  }
  return undefined;
}

function findEntryProblem(labels: Labels, { line, metadata }: NewEntry, bounds: Bounds): Problem | undefined {
  const where = () => `of the stream ${show(labels)}`;
  if (isLonger(line, bounds.lineLength))
    return { limit: 'lineLength', what: `a line ${where()} has ${bytesOf(line)} bytes` };
  if (metadata.length > bounds.lineMetadata)
    return { limit: 'lineMetadata', what: `a line ${where()} has ${metadata.length} labels of structured metadata` };
  const sizeBytes = sizeOf(metadata);
  if (sizeBytes > bounds.lineMetadataSize)
    return { limit: 'lineMetadataSize', what: `a line ${where()} has ${sizeBytes} bytes of structured metadata` };
  return undefined;
}

function sizeOf(metadata: readonly Label[]): number {
  let sizeBytes = 0;
  for (const [name, value] of metadata) sizeBytes += bytesOf(name) + bytesOf(value);
  return sizeBytes;
}

// UTF-8 takes at most three bytes per UTF-16 unit.
function isLonger(text: string, mostBytes: number): boolean {
  return text.length * 3 > mostBytes && bytesOf(text) > mostBytes;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

function show(labels: Labels): string {
  const text = formatLabels(labels);
  return text.length > shownLabels ? `${text.slice(0, shownLabels)}…` : text;
}
