// The series of one stack in memory. Samples are taken in transactions: all of an export, or nothing, as Prometheus does.

import { type Bounds, describeLimit, fillBounds } from '../../../model/limits.ts';
import type { FloatHistogram } from '../../../promql/histogram/float-histogram.ts';
import { detectReset } from '../../../promql/histogram/reset.ts';
import type { Labels } from '../../../promql/labels.ts';
import type { Matcher } from '../../../promql/matcher.ts';
import type { MetricsSource, SeriesSamples, TimeRange } from '../../../promql/source.ts';
import { formatGoGeneral } from '../../../std/go-strconv.ts';
import { addExemplar, bytesPerExemplar, type Exemplar, pruneExemplars } from './exemplars.ts';
import { Layouts } from './layouts.ts';
import { type NewSample, SampleColumn } from './sample-column.ts';
import { SampleRoom } from './sample-room.ts';
import { findSeriesProblem } from './series-bounds.ts';
import { estimateSeriesBytes } from './series-bytes.ts';
import { SeriesIndex } from './series-index.ts';

export interface Series {
  /** Rises with every new series. */
  readonly id: number;
  readonly labels: Labels;
  readonly samples: SampleColumn;
  exemplars: Exemplar[] | undefined;
  /** What it takes besides samples and exemplars. */
  readonly ownBytes: number;
  /** Pruned or forgotten: whoever remembered it must look it up anew. */
  isGone: boolean;
}

/** A series that need not be there yet, remembered by who writes to it again and again. */
export interface SeriesSlot {
  readonly labels: Labels;
  series: Series | undefined;
}

export interface SeriesExemplars {
  readonly labels: Labels;
  readonly exemplars: readonly Exemplar[];
}

/** Late samples are taken up to this far behind the newest one: a run of yesterday may still be loaded. */
export const outOfOrderWindowMs = 24 * 3_600_000;

/** Why a transaction was refused, in Prometheus's words. */
export class AppendError extends Error {}

export class MetricsStore implements MetricsSource {
  readonly #bounds: Bounds;
  readonly #index = new SeriesIndex<Series>();
  readonly #layouts = new Layouts();
  readonly #rooms = new SampleRoom();
  #nextId = 0;
  #goneCount = 0;
  #records = 0;
  #newestMs = Number.NEGATIVE_INFINITY;
  #prunedBeforeMs: number | undefined;

  constructor(bounds: Bounds = fillBounds()) {
    this.#bounds = bounds;
  }

  /** Is there room for so many new series? */
  hasRoomFor(newSeries: number): boolean {
    return this.#index.size + newSeries <= this.#bounds.series;
  }

  get seriesCount(): number {
    return this.#index.size;
  }

  /** How many series were pruned or forgotten so far. */
  get goneCount(): number {
    return this.#goneCount;
  }

  /** The time of the last pruning that found anything. */
  get prunedBeforeMs(): number | undefined {
    return this.#prunedBeforeMs;
  }

  get index(): SeriesIndex<Series> {
    return this.#index;
  }

  /** A transaction that leaves out what is beyond the limits of series. */
  begin(): Transaction {
    return new Transaction(this, this.#bounds);
  }

  /** A transaction for what was within the limits when it came. */
  beginRestoring(): Transaction {
    return new Transaction(this, undefined);
  }

  /** The series with these labels, made if need be. */
  intern(labels: Labels): Series {
    const known = this.#index.find(labels);
    if (known) return known;
    const series: Series = {
      id: this.#nextId++,
      labels,
      samples: new SampleColumn(this.#rooms),
      exemplars: undefined,
      ownBytes: estimateSeriesBytes(labels),
      isGone: false,
    };
    this.#index.add(series);
    return series;
  }

  select(matchers: readonly Matcher[], range: TimeRange): SeriesSamples[] {
    const found: SeriesSamples[] = [];
    for (const { labels, samples } of this.#index.select(matchers)) {
      const read = samples.read(labels, range);
      if (read) found.push(read);
    }
    return found;
  }

  /** Series that match and have samples in the range, in the order they came to be. */
  selectSeries(matchers: readonly Matcher[], range: TimeRange): Series[] {
    return this.#index.select(matchers).filter(({ samples }) => samples.hasSampleIn(range));
  }

  selectExemplars(matchers: readonly Matcher[], { startMs, endMs }: TimeRange): SeriesExemplars[] {
    return this.#index.select(matchers).flatMap(({ labels, exemplars }) => {
      const found = exemplars?.filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs) ?? [];
      return found.length > 0 ? [{ labels, exemplars: found }] : [];
    });
  }

  usage(): { records: number; bytes: number } {
    let bytes = 0;
    for (const { samples, exemplars, ownBytes } of this.#index.all())
      bytes += ownBytes + samples.bytes + (exemplars?.length ?? 0) * bytesPerExemplar;
    return { records: this.#records, bytes };
  }

  /** Oldest and newest sample time; undefined if there is none. */
  timeRange(): TimeRange | undefined {
    let startMs = Number.POSITIVE_INFINITY;
    let endMs = Number.NEGATIVE_INFINITY;
    for (const { samples } of this.#index.all()) {
      startMs = Math.min(startMs, samples.firstTimeMs);
      endMs = Math.max(endMs, samples.lastTimeMs);
    }
    return startMs <= endMs ? { startMs, endMs } : undefined;
  }

  /** Drops samples and exemplars before a time, and series that have no sample left; says how many samples went. */
  pruneBefore(timeMs: number): number {
    let dropped = 0;
    const empty: Series[] = [];
    for (const series of this.#index.all()) {
      if (series.samples.firstTimeMs < timeMs) dropped += series.samples.pruneBefore(timeMs);
      if (series.exemplars !== undefined) pruneExemplars(series.exemplars, timeMs);
      if (series.samples.length === 0) empty.push(series);
    }
    this.#remove(empty);
    this.#records -= dropped;
    if (dropped > 0 && timeMs > (this.#prunedBeforeMs ?? 0)) this.#prunedBeforeMs = timeMs;
    return dropped;
  }

  /** Drops all series of a job (Prometheus's name for a service). */
  forgetJob(job: string): void {
    const ofJob = [...this.#index.all()].filter(({ labels }) => labels.get('job') === job);
    for (const { samples } of ofJob) this.#records -= samples.length;
    this.#remove(ofJob);
  }

  /** Can a float be put at the end of its series? If not, `check` says whether it can be stored at all. */
  canAppendFloat(slot: SeriesSlot, timeMs: number): boolean {
    if (timeMs < this.#newestMs - outOfOrderWindowMs) return false;
    const series = this.#recall(slot);
    return series === undefined || timeMs > series.samples.lastTimeMs;
  }

  /** Writes a float for which `canAppendFloat` held; one at the very time of another of the same export is left out. */
  appendFloat(slot: SeriesSlot, timeMs: number, value: number): void {
    const series = isHere(slot.series) ? slot.series : this.#make(slot);
    if (!series.samples.appendFloat(timeMs, value)) {
      this.write(series, timeMs, { kind: 'float', value });
      return;
    }
    this.#records++;
    if (timeMs > this.#newestMs) this.#newestMs = timeMs;
  }

  #recall(slot: SeriesSlot): Series | undefined {
    if (isHere(slot.series)) return slot.series;
    slot.series = this.#index.find(slot.labels);
    return slot.series;
  }

  #make(slot: SeriesSlot): Series {
    slot.series = this.intern(slot.labels);
    return slot.series;
  }

  #remove(gone: readonly Series[]): void {
    this.#index.remove(gone);
    this.#goneCount += gone.length;
    for (const series of gone) {
      series.isGone = true;
      series.samples.clear(); // whoever remembers the series must not keep them
    }
  }

  /** Adds an exemplar to the series with these labels, made if need be. */
  addExemplar(labels: Labels, exemplar: Exemplar): void {
    const series = this.intern(labels);
    series.exemplars ??= [];
    addExemplar(series.exemplars, exemplar);
  }

  /** The series with these labels, if there is one. @throws AppendError if the sample contradicts it or is too old */
  check(labels: Labels, timeMs: number, sample: NewSample): Series | undefined {
    const series = this.#index.find(labels);
    if (series !== undefined && timeMs === series.samples.lastTimeMs) {
      checkDuplicate(series.samples.last, timeMs, sample);
    } else if (timeMs < this.#newestMs - outOfOrderWindowMs) throw new AppendError('too old sample');
    return series;
  }

  /** Puts a checked sample into its series. */
  write(series: Series, timeMs: number, sample: NewSample): void {
    const isNewest = timeMs > series.samples.lastTimeMs;
    const stored =
      sample.kind === 'histogram'
        ? hintReset(series.samples, {
            timeMs,
            isNewest,
            histogram: this.#layouts.share(sample.histogram),
          })
        : sample;
    if (!series.samples.insert(timeMs, stored)) return;
    this.#records++;
    this.#newestMs = Math.max(this.#newestMs, timeMs);
  }
}

function isHere(series: Series | undefined): series is Series {
  return series !== undefined && !series.isGone;
}

interface PendingSample {
  readonly labels: Labels;
  /** undefined: not there yet when the sample was taken. */
  readonly series: Series | undefined;
  readonly timeMs: number;
  readonly sample: NewSample;
}

/** What one export wants to store. Nothing is visible before commit. */
export class Transaction {
  readonly #store: MetricsStore;
  readonly #samples: PendingSample[] = [];
  readonly #exemplars: { readonly labels: Labels; readonly exemplar: Exemplar }[] = [];
  readonly #bounds: Bounds | undefined;
  readonly #newSeries = new Set<string>();
  readonly #refused = new Set<string>();
  #problem: string | undefined;
  #refusedSamples = 0;

  constructor(store: MetricsStore, bounds: Bounds | undefined) {
    this.#store = store;
    this.#bounds = bounds;
  }

  /** What was left out for a limit, and why; undefined for nothing. */
  get leftOut(): { readonly samples: number; readonly message: string } | undefined {
    return this.#problem === undefined ? undefined : { samples: this.#refusedSamples, message: this.#problem };
  }

  get sampleCount(): number {
    return this.#samples.length;
  }

  /** @throws AppendError */
  append(labels: Labels, timeMs: number, sample: NewSample): void {
    const series = this.#store.check(labels, timeMs, sample);
    if (series === undefined && !this.#admits(labels)) return;
    this.#samples.push({ labels, series, timeMs, sample });
  }

  appendExemplar(labels: Labels, exemplar: Exemplar): void {
    if (this.#refused.has(labels.key)) return;
    this.#exemplars.push({ labels, exemplar });
  }

  #admits(labels: Labels): boolean {
    if (this.#bounds === undefined || this.#newSeries.has(labels.key)) return true;
    const problem = this.#store.hasRoomFor(this.#newSeries.size + 1)
      ? findSeriesProblem(labels, this.#bounds)
      : `no room for a further series (${describeLimit('series', this.#bounds)})`;
    if (problem === undefined) {
      this.#newSeries.add(labels.key);
      return true;
    }
    this.#problem ??= problem;
    this.#refusedSamples++;
    this.#refused.add(labels.key);
    return false;
  }

  commit(): void {
    for (const { labels, series, timeMs, sample } of this.#samples) {
      this.#store.write(series ?? this.#store.intern(labels), timeMs, sample);
    }
    for (const { labels, exemplar } of this.#exemplars) this.#store.addExemplar(labels, exemplar);
  }
}

function checkDuplicate(stored: NewSample | undefined, timeMs: number, sample: NewSample): void {
  if (stored === undefined || stored.kind !== sample.kind) {
    throw new AppendError('duplicate sample for timestamp');
  }
  if (stored.kind !== 'float' || sample.kind !== 'float' || Object.is(stored.value, sample.value)) return;
  const values = `existing ${formatGoGeneral(stored.value)}, new value ${formatGoGeneral(sample.value)}`;
  throw new AppendError(`duplicate sample for timestamp ${timeMs}; overrides not allowed: ${values}`);
}

/** Notes that there was no restart since the sample before; gauges, late samples and those after a stale mark get no note. */
function hintReset(
  samples: SampleColumn,
  { timeMs, histogram, isNewest }: { timeMs: number; histogram: FloatHistogram; isNewest: boolean },
): NewSample {
  if (histogram.hint === 'gauge') return { kind: 'histogram', histogram };
  const unknown = { ...histogram, hint: 'unknown' } as const;
  const previous = samples.histogramBefore(timeMs);
  // A restart is left for queries to find: what was stored before it may be gone by then.
  const cannotTell = !isNewest || previous === undefined || previous.hint === 'gauge' || histogram.hint === 'reset';
  if (cannotTell || detectReset(unknown, previous)) return { kind: 'histogram', histogram: unknown };
  return { kind: 'histogram', histogram: { ...histogram, hint: 'not_reset' } };
}
