// Reads the samples of a range aggregation: runs the pipeline over every entry of the range and sorts what comes out into
// series by the labels that are asked for. Grouping happens here, so that a sum by one label never makes a series per line.
import type { Grouping, LabelFilter, LogRange, RangeOp, StageExpr } from './ast.ts';
import { type Breather, breathe } from './breathe.ts';
import { JsonSampler } from './json-samples.ts';
import { findNeedle, placesWith } from './needles.ts';
import { RowReader, rowAt, selectRows } from './row-reader.ts';
import { SampleSeries } from './sample-series.ts';
import type { LogBlock, LogSource, TimeRange } from './source.ts';
import { listEarlyFilters } from './stages/early-filters.ts';
import { namesOf } from './stages/label-filter.ts';
import type { LabelsBuilder } from './stages/labels-builder.ts';
import { ParserHints } from './stages/parser-hints.ts';
import { compilePipeline } from './stages/pipeline.ts';
import type { Row } from './stages/row.ts';
import { compileUnwrap } from './stages/unwrap.ts';
import { tooManySeries } from './too-many-series.ts';
import {
  compileMatcher,
  keyOfLabels,
  type Label,
  type Labels,
  makeLabels,
  noLabels,
  preserveErrorLabel,
  type QueryStats,
} from './values.ts';

export interface ExtractOptions {
  readonly op: RangeOp;
  readonly range: LogRange;
  /** Grouping of the range aggregation itself, or of the sum around it. Absent: one series per label set. */
  readonly grouping: Grouping | undefined;
  readonly window: TimeRange;
  /** Times of samples count from here. */
  readonly originNs: bigint;
  /** More series than this are refused. */
  readonly maxSeries: number;
  readonly breather: Breather;
  readonly stats: QueryStats;
}

/** Groups remembered by their values; more are found by their labels. */
const maxGroups = 65_536;

const bytesOps: ReadonlySet<RangeOp> = new Set(['bytes_over_time', 'bytes_rate']);

/** Extracts all series, each sorted by time. */
export async function extractSamples(source: LogSource, options: ExtractOptions): Promise<SampleSeries[]> {
  const extraction = new Extraction(options);
  for (const stream of source.streams(options.range.log.matchers.map(compileMatcher))) {
    for (const block of stream.blocks(options.window)) await extraction.readBlock(stream.labels, block);
  }
  const series = extraction.list();
  for (const one of series) {
    await one.sort(() => breathe(options.breather));
    await breathe(options.breather);
  }
  return series;
}

class Extraction {
  readonly #options: ExtractOptions;
  readonly #grouper: Grouper;
  readonly #stages: readonly StageExpr[];
  readonly #reader: RowReader;
  readonly #extract: (row: Row) => number | undefined;
  readonly #needle: Buffer | undefined;
  readonly #series = new Map<string, SampleSeries>();
  readonly #byGroup = new Map<Labels, SampleSeries>();
  // Without stages a series follows from stream and metadata alone.
  readonly #byMetadata = new Map<string, SampleSeries>();
  readonly #json: JsonSampler | undefined;
  // By the numbers of the JSON sampler, which are those of one stream.
  #byNumber: SampleSeries[] = [];
  #stream: Labels = noLabels;

  constructor(options: ExtractOptions) {
    this.#options = options;
    const { op, range, stats } = options;
    this.#stages = range.log.stages;
    this.#grouper = new Grouper(options);
    this.#needle = findNeedle(this.#stages);
    this.#reader = new RowReader({ stages: this.#stages, hints: makeHints(options), stats });
    this.#json = this.#hasLineFilters() ? undefined : JsonSampler.of(options);
    this.#extract = range.unwrap ? compileUnwrap(range.unwrap) : bytesOps.has(op) ? (row) => row.byteLength : () => 1;
  }

  list(): SampleSeries[] {
    return [...this.#series.values()];
  }

  async readBlock(stream: Labels, block: LogBlock): Promise<void> {
    if (stream !== this.#stream) {
      this.#byMetadata.clear();
      this.#byNumber = [];
    }
    this.#stream = stream;
    const { window, originNs, breather, stats, range } = this.#options;
    const { from, to } = selectRows(block, window);
    if (from >= to) return;
    const shift = Number(block.baseNs - originNs);
    const plain = this.#stages.length === 0 && range.unwrap === undefined;
    if (plain && !bytesOps.has(this.#options.op) && this.#grouper.ignoresMetadata(block) && block.order === undefined) {
      stats.lines += to - from;
      stats.bytes += (block.lineStarts[to] ?? 0) - (block.lineStarts[from] ?? 0);
      this.#seriesOf(this.#grouper.groupStream(stream)).pushTimes(block.offsetsNs.subarray(from, to), shift);
      await breathe(breather);
      return;
    }
    const json = this.#json?.startBlock(stream, block) ?? false;
    const read = json ? this.#readJson : plain && this.#grouper.followsMetadata ? this.#readPlain : this.#readStaged;
    const places = this.#needle === undefined ? undefined : placesWith(this.#needle, block, { from, to });
    const count = places === undefined ? to - from : places.length;
    stats.lines += to - from - count;
    for (let i = 0; i < count; i++) {
      const place = places === undefined ? from + i : (places[i] ?? 0);
      read.call(this, stream, block, rowAt(block, place), shift);
      if ((i & 255) === 255) await breathe(breather);
    }
  }

  #readPlain(stream: Labels, block: LogBlock, index: number, shift: number): void {
    const key = block.metadataKey(index);
    let series = this.#byMetadata.get(key);
    if (series === undefined) {
      this.#reader.read(stream, block, index);
      series = this.#seriesOf(this.#grouper.group(this.#reader.row.labels));
      if (this.#byMetadata.size < 65536) this.#byMetadata.set(key, series);
    }
    const value = bytesOps.has(this.#options.op)
      ? (block.lineStarts[index + 1] ?? 0) - (block.lineStarts[index] ?? 0)
      : 1;
    series.push((block.offsetsNs[index] ?? 0) + shift, value);
  }

  #readJson(stream: Labels, block: LogBlock, index: number, shift: number): void {
    const json = this.#json;
    const reading = json?.read(block, index) ?? 'unusual';
    if (json === undefined || reading === 'unusual') {
      this.#readStaged(stream, block, index, shift);
      return;
    }
    const bytes = (block.lineStarts[index + 1] ?? 0) - (block.lineStarts[index] ?? 0);
    const known = this.#byNumber[json.group];
    // The first line of a group goes through the stages, which say what its labels are.
    if (reading === 'read' && known === undefined) {
      const series = this.#readStaged(stream, block, index, shift);
      if (json.group >= 0 && series !== undefined) this.#byNumber[json.group] = series;
      return;
    }
    this.#options.stats.lines++;
    this.#options.stats.bytes += bytes;
    if (reading === 'dropped' || known === undefined) return;
    const value = this.#options.range.unwrap ? json.value : bytesOps.has(this.#options.op) ? bytes : 1;
    known.push((block.offsetsNs[index] ?? 0) + shift, value);
  }

  #readStaged(stream: Labels, block: LogBlock, index: number, shift: number): SampleSeries | undefined {
    const { row } = this.#reader;
    if (!this.#reader.read(stream, block, index)) return undefined;
    const value = this.#extract(row);
    if (value === undefined) return undefined;
    const time = (block.offsetsNs[index] ?? 0) + shift;
    const series = this.#seriesOfGroup(this.#grouper.group(row.labels));
    series.push(time, value);
    return series;
  }

  // Those that search whole blocks do not say all that the filters would.
  #hasLineFilters(): boolean {
    return this.#stages.some(({ kind }) => kind === 'line_filter');
  }

  // Groups are few and each has one object, so the object itself finds the series.
  #seriesOfGroup(labels: Labels): SampleSeries {
    if (!this.#grouper.isStable(labels)) return this.#seriesOf(labels);
    let series = this.#byGroup.get(labels);
    if (series === undefined) {
      series = this.#seriesOf(labels);
      this.#byGroup.set(labels, series);
    }
    return series;
  }

  #seriesOf(labels: Labels): SampleSeries {
    const key = keyOfLabels(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      const failed = labels.some(([name]) => name === '__error__');
      const preserved = labels.some(([name]) => name === preserveErrorLabel);
      series = new SampleSeries(labels, failed && !preserved);
      this.#series.set(key, series);
      if (this.#series.size > this.#options.maxSeries) throw tooManySeries(this.#options.maxSeries);
    }
    return series;
  }
}

/** Which labels a sample's series has. */
class Grouper {
  readonly #by: readonly string[] | undefined;
  readonly #without: ReadonlySet<string> | undefined;
  readonly #none: boolean;
  readonly #grouped = new Map<string, Labels>();
  readonly #stable = new Set<Labels>();

  constructor({ grouping, range, op }: ExtractOptions) {
    const labels = grouping?.labels ?? [];
    this.#none = op === 'absent_over_time' || (grouping !== undefined && !grouping.without && labels.length === 0);
    const by = grouping !== undefined && !grouping.without && labels.length > 0;
    this.#by = by ? [...labels].sort() : undefined;
    // The unwrapped label is the value, so it does not tell series apart.
    const without = [...(by ? [] : labels), ...(range.unwrap && !by ? [range.unwrap.label] : [])];
    this.#without = without.length > 0 ? new Set(without) : undefined;
  }

  /** Has every label set a series of its own, so that equal metadata means the same series? */
  get followsMetadata(): boolean {
    return !this.#none && this.#by === undefined;
  }

  /** Do the series of this block follow from the stream alone? */
  ignoresMetadata(block: LogBlock): boolean {
    return this.#none || (this.#by?.every((name) => !block.mayHaveMetadata(name)) ?? false);
  }

  groupStream(stream: Labels): Labels {
    if (this.#none) return noLabels;
    return stream.filter(([name]) => this.#by?.includes(name));
  }

  group(labels: LabelsBuilder): Labels {
    // An error must not get lost in a group.
    if (labels.error !== '') return labels.flat();
    if (this.#none) return noLabels;
    if (this.#by) return this.#groupBy(this.#by, labels);
    const all = labels.flat();
    return this.#without ? all.filter(([name]) => !this.#without?.has(name)) : all;
  }

  /** Is this the one object that stands for its group? */
  isStable(labels: Labels): boolean {
    return labels === noLabels || this.#stable.has(labels);
  }

  #groupBy(names: readonly string[], labels: LabelsBuilder): Labels {
    const [only = ''] = names;
    let key = labels.get(only) ?? '\u0000';
    for (let i = 1; i < names.length; i++) key += `\u0001${labels.get(names[i] ?? '') ?? '\u0000'}`;
    let grouped = this.#grouped.get(key);
    if (grouped === undefined) {
      grouped = makeLabels(
        names.flatMap((name): Label[] => {
          const value = labels.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      );
      if (this.#grouped.size < maxGroups) {
        this.#grouped.set(key, grouped);
        this.#stable.add(grouped);
      }
    }
    return grouped;
  }
}

function makeHints({ range, grouping, op }: ExtractOptions): ParserHints {
  const labels = grouping?.labels ?? [];
  const noLabelsWanted =
    op === 'absent_over_time' || (grouping !== undefined && !grouping.without && labels.length === 0);
  const needed = [...neededByStages(range), ...labels, ...(range.unwrap ? [range.unwrap.label] : [])];
  if (noLabelsWanted) return new ParserHints({ required: needed, noLabels: needed.length === 0, filters: [] });
  const open = grouping === undefined || grouping.without || labels.length === 0;
  if (!open) return new ParserHints({ required: needed, noLabels: false, filters: [] });
  return new ParserHints({ required: undefined, noLabels: false, filters: listEarlyFilters(range.log.stages) });
}

function neededByStages(range: LogRange): string[] {
  const fromStages = compilePipeline(range.log.stages).flatMap(({ stage }) => stage.reads ?? []);
  const fromUnwrap = range.unwrap?.postFilters.flatMap((filter: LabelFilter) => [...namesOf(filter)]) ?? [];
  return [...fromStages, ...fromUnwrap];
}
