// A metrics page as text: the classic Prometheus format 0.0.4 and OpenMetrics 1.0, to samples and what is said of them.
// https://prometheus.io/docs/instrumenting/exposition_formats/ · https://prometheus.io/docs/specs/om/open_metrics_spec/
import type { WrittenHistogram } from '../prometheus/written-histogram.ts';
import { formatBound } from './bound.ts';
import { LineScanner, MalformedExposition } from './line-scanner.ts';

export type ExpositionFormat = 'text' | 'openMetrics' | 'protobuf';
type TextFormat = Exclude<ExpositionFormat, 'protobuf'>;

export interface ExposedSample {
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  /** Given by the page itself; undefined: the time of the scrape. */
  readonly timeMs: number | undefined;
  /** OpenMetrics: ` # {trace_id="…"} 0.5 1700000000` behind the sample. Native histograms have several. */
  readonly exemplars?: readonly ExposedExemplar[];
  /** Instead of the value, which then means nothing. Only protobuf has such. */
  readonly histogram?: NonNullable<WrittenHistogram['histogram']>;
}

export interface ExposedExemplar {
  readonly labels: ExposedSample['labels'];
  readonly value: number;
  /** undefined: the time of its sample. */
  readonly timeMs: number | undefined;
}

export interface ExposedFamily {
  readonly name: string;
  /** counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown. */
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

export interface ExpositionPage {
  readonly samples: readonly ExposedSample[];
  readonly families: readonly ExposedFamily[];
}

/** A page with more samples is refused. */
export interface SampleLimit {
  readonly samples: number;
  /** For the message. */
  readonly described: string;
}

const usualLimit: SampleLimit = { samples: 100_000, described: 'limit: 100000 samples' };

/** @throws MalformedExposition for a page with more samples than it may have */
export function failBeyond(count: number, { samples, described }: SampleLimit): void {
  if (count > samples) throw new MalformedExposition(`the page has too many samples (${described})`);
}

/** Which format a page is in, by the content type it came with. */
export function readExpositionFormat(contentType: string | undefined): ExpositionFormat {
  const [type = '', ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (type === 'application/openmetrics-text') return 'openMetrics';
  const isProtobuf = type === 'application/vnd.google.protobuf';
  return isProtobuf && parameters.includes('proto=io.prometheus.client.metricfamily') ? 'protobuf' : 'text';
}

/** Reads a page whole. @throws MalformedExposition with the number of the line. */
export function parseExposition(text: string, format: TextFormat, limit = usualLimit): ExpositionPage {
  const page = new PageReader(format, limit);
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    try {
      page.readLine(line.endsWith('\r') && format === 'text' ? line.slice(0, -1) : line);
    } catch (error) {
      throw error instanceof MalformedExposition ? error.atLine(index + 1) : error;
    }
  }
  return page.finish();
}

type MutableFamily = { -readonly [K in keyof ExposedFamily]: ExposedFamily[K] };

class PageReader {
  private readonly format: TextFormat;
  private readonly limit: SampleLimit;
  private readonly samples: ExposedSample[] = [];
  private readonly families = new Map<string, MutableFamily>();
  private ended = false;
  /** Of the family described last. */
  private type = '';

  constructor(format: TextFormat, limit: SampleLimit) {
    this.format = format;
    this.limit = limit;
  }

  readLine(line: string): void {
    if (line.trim() === '') return;
    if (this.ended) throw new MalformedExposition('there is text after # EOF');
    if (line.startsWith('#')) this.readComment(line);
    else {
      failBeyond(this.samples.length + 1, this.limit);
      this.samples.push(spellBounds(readSample(line, this.format), this.type));
    }
  }

  finish(): ExpositionPage {
    if (this.format === 'openMetrics' && !this.ended)
      throw new MalformedExposition('# EOF is missing: the page is cut off');
    return { samples: this.samples, families: [...this.families.values()] };
  }

  private readComment(line: string): void {
    if (this.format === 'openMetrics' && line === '# EOF') {
      this.ended = true;
      return;
    }
    const found = /^#\s+(HELP|TYPE|UNIT)\s+("(?:[^"\\]|\\.)*"|\S+)(?:\s(.*))?$/.exec(line);
    if (found === null) return; // any other comment
    const [, what, name, rest = ''] = found;
    const family = this.familyOf(unquote(name ?? ''));
    if (what === 'TYPE') {
      family.type = rest.trim().toLowerCase() === 'untyped' ? 'unknown' : rest.trim().toLowerCase();
      this.type = family.type;
    } else if (what === 'UNIT') family.unit = rest.trim();
    else family.help = rest.replace(/\\(n|\\|")/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }

  private familyOf(name: string): MutableFamily {
    const known = this.families.get(name);
    if (known !== undefined) return known;
    const family = { name, type: 'unknown', help: '', unit: '' };
    this.families.set(name, family);
    return family;
  }
}

const boundLabels: Readonly<Record<string, string>> = { histogram: 'le', summary: 'quantile' };

function spellBounds(sample: ExposedSample, type: string): ExposedSample {
  const bound = boundLabels[type];
  if (bound === undefined || !sample.labels.some(([name]) => name === bound)) return sample;
  const labels = sample.labels.map(([name, value]) => [name, name === bound ? spellBound(value) : value] as const);
  return { ...sample, labels };
}

function spellBound(text: string): string {
  try {
    return formatBound(parseNumber(text, 'bound'));
  } catch (error) {
    if (error instanceof MalformedExposition) return text;
    throw error;
  }
}

function readSample(line: string, format: TextFormat): ExposedSample {
  const scanner = new LineScanner(line);
  scanner.skipBlanks();
  let name = scanner.takeName();
  scanner.skipBlanks();
  const labels = scanner.takeLabels();
  // In the UTF-8 form the name stands in the braces: {"a.name", label="x"} 1
  if (labels.quotedName !== undefined) name ??= labels.quotedName;
  if (name === undefined) throw new MalformedExposition('expected the name of a metric');
  const value = parseNumber(scanner.takeWord(), 'value');
  const sample = { name, labels: labels.pairs, value };
  const word = scanner.takeWord();
  const timeMs = word === '' || word === '#' ? undefined : parseTime(word, format);
  if (format === 'text') {
    if (timeMs !== undefined && scanner.takeWord() !== '')
      throw new MalformedExposition('there is text after the timestamp');
    return { ...sample, timeMs };
  }
  const mark = word === '#' ? word : scanner.takeWord();
  if (mark === '') return { ...sample, timeMs };
  if (mark !== '#') throw new MalformedExposition(`expected # before an exemplar, got "${mark.slice(0, 40)}"`);
  return { ...sample, timeMs, exemplars: [readExemplar(scanner)] };
}

function readExemplar(scanner: LineScanner): ExposedExemplar {
  scanner.skipBlanks();
  const { pairs } = scanner.takeLabels();
  const value = parseNumber(scanner.takeWord(), 'value of the exemplar');
  const time = scanner.takeWord();
  return { labels: pairs, value, timeMs: time === '' ? undefined : parseTime(time, 'openMetrics') };
}

function parseTime(word: string, format: TextFormat): number {
  const time = parseNumber(word, 'timestamp');
  if (!Number.isFinite(time)) throw new MalformedExposition(`"${word}" is no timestamp`);
  return Math.round(format === 'openMetrics' ? time * 1000 : time);
}

const specialNumbers: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

function parseNumber(word: string, what: string): number {
  const special = specialNumbers[word.toLowerCase()];
  if (special !== undefined) return special;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(word))
    throw new MalformedExposition(`expected a ${what}, got "${word.slice(0, 40)}"`);
  return Number(word);
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
}
