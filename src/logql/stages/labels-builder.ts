// The labels of the line in hand: those of its stream, its structured metadata, and what stages added or took away.
// A parsed label hides structured metadata of its name, and that hides a stream label. Metadata is read late and, where one
// value is enough, only that one: most lines of a query are dropped without it.
import {
  type CategorizedLabels,
  compareNames,
  errorDetailsLabel,
  errorLabel,
  type Label,
  type Labels,
  noLabels,
  preserveErrorLabel,
} from '../values.ts';
import { ParserHints } from './parser-hints.ts';
import type { LineError } from './stage.ts';

export type Category = 'stream' | 'structuredMetadata' | 'parsed';

/** Structured metadata by row, as a block gives it. */
export interface MetadataReader {
  metadata(row: number): Labels;
  metadataValue(row: number, name: string): string | undefined;
  mayHaveMetadata(name: string): boolean;
}

/** Appended to the name of an extracted label that the entry already has. */
export const duplicateSuffix = '_extracted';

const noMetadata: MetadataReader = {
  metadata: () => noLabels,
  metadataValue: () => undefined,
  mayHaveMetadata: () => false,
};

export class LabelsBuilder {
  readonly hints: ParserHints;
  error = '';
  errorDetails = '';
  #stream: Labels = noLabels;
  #reader: MetadataReader = noMetadata;
  #row = 0;
  readonly #added = new Map<string, { value: string; category: Category }>();
  readonly #deleted = new Set<string>();
  /** Of the deleted ones those that a stage had made. */
  readonly #unmade = new Set<string>();

  constructor(hints: ParserHints = ParserHints.all) {
    this.hints = hints;
  }

  /** Starts a new line. */
  reset(stream: Labels, reader: MetadataReader, row: number): void {
    this.#stream = stream;
    this.#reader = reader;
    this.#row = row;
    this.error = '';
    this.errorDetails = '';
    if (this.#added.size > 0) this.#added.clear();
    if (this.#deleted.size > 0) this.#deleted.clear();
    if (this.#unmade.size > 0) this.#unmade.clear();
  }

  /** Labels of the stream that the line in hand belongs to. */
  get stream(): Labels {
    return this.#stream;
  }

  /** Whatever gives the line in hand its metadata: its block. */
  get reader(): MetadataReader {
    return this.#reader;
  }

  /** Is the line as it came: nothing added, nothing taken away, no error? */
  get untouched(): boolean {
    return this.#added.size === 0 && this.#deleted.size === 0 && this.error === '';
  }

  get(name: string): string | undefined {
    if (this.#added.size > 0) {
      const added = this.#added.get(name);
      if (added) return added.value;
    }
    if (this.#deleted.size > 0 && this.#deleted.has(name)) return undefined;
    return find(this.#stream, name) ?? this.#metadataValue(name);
  }

  categoryOf(name: string): Category | undefined {
    const added = this.#added.get(name);
    if (added) return added.category;
    if (this.#deleted.has(name)) return undefined;
    if (this.streamHas(name)) return 'stream';
    return this.#metadataValue(name) === undefined ? undefined : 'structuredMetadata';
  }

  /** Has the stream a label of this name, hidden or not? */
  streamHas(name: string): boolean {
    return find(this.#stream, name) !== undefined;
  }

  /** Could the entry have had a label of this name before any stage? */
  mayHave(name: string): boolean {
    return this.streamHas(name) || this.#reader.mayHaveMetadata(name);
  }

  set(category: Category, name: string, value: string): void {
    if (category !== 'parsed') {
      const present = this.categoryOf(name);
      if (present === 'parsed' || (category === 'stream' && present === 'structuredMetadata')) return;
    }
    this.#added.set(name, { value, category });
  }

  /** Sets a label that a parser found, under the name that `extractedName` gave. */
  setExtracted(name: string, value: string): void {
    this.#added.set(name, { value, category: 'parsed' });
  }

  /** The name under which a parser's find is stored: renamed if the entry had a label of that name before any parser. */
  extractedName(name: string): string {
    const taken = this.streamHas(name) || this.#metadataValue(name) !== undefined;
    return taken ? name + duplicateSuffix : name;
  }

  /** Has a stage made a label of this name? What is found first stays: later parsers, and later fields, leave it alone. */
  isMade(name: string): boolean {
    if (this.#added.size > 0 && this.#added.get(name)?.category === 'parsed') return true;
    return this.#unmade.size > 0 && this.#unmade.has(name);
  }

  delete(name: string): void {
    if (this.isMade(name)) this.#unmade.add(name);
    this.#added.delete(name);
    this.#deleted.add(name);
  }

  /** Without details, those of an earlier error stay. */
  setError(error: LineError, details?: string): void {
    this.error = error;
    if (details !== undefined) this.errorDetails = details;
  }

  /** An error of a parser; queries that ask for `__error__` get it as a label instead of a refusal. */
  setParserError(error: LineError, details?: string): void {
    this.setError(error, details);
    if (this.hints.preserveError) this.#added.set(preserveErrorLabel, { value: 'true', category: 'parsed' });
  }

  /** Every name that now has a value, `__error__` aside. */
  names(): string[] {
    return this.flat()
      .map(([name]) => name)
      .filter((name) => name !== errorLabel && name !== errorDetailsLabel);
  }

  /** All labels as one sorted set, errors included. */
  flat(): Labels {
    if (this.untouched) return mergeSorted(this.#stream, this.#metadata());
    const { stream, structuredMetadata, parsed } = this.categorized();
    return [...stream, ...structuredMetadata, ...parsed].sort(compareNames);
  }

  categorized(): CategorizedLabels {
    if (this.untouched) return { stream: this.#stream, structuredMetadata: this.#metadata(), parsed: noLabels };
    const parts: Record<Category, Label[]> = { stream: [], structuredMetadata: [], parsed: [] };
    const visible = ([name]: Label) => !this.#added.has(name) && !this.#deleted.has(name);
    parts.structuredMetadata.push(...this.#metadata().filter(visible));
    parts.stream.push(...this.#stream.filter(visible));
    for (const [name, { value, category }] of this.#added) parts[category].push([name, value]);
    if (this.error !== '') parts.parsed.push([errorLabel, this.error]);
    if (this.errorDetails !== '') parts.parsed.push([errorDetailsLabel, this.errorDetails]);
    for (const part of Object.values(parts)) part.sort(compareNames);
    return parts;
  }

  // Metadata as queries see it: renamed where the stream has a label of that name.
  #metadata(): Labels {
    const metadata = this.#reader.metadata(this.#row);
    if (!metadata.some(([name]) => this.streamHas(name))) return metadata;
    return metadata.map((label) =>
      this.streamHas(label[0]) ? ([label[0] + duplicateSuffix, label[1]] as const) : label,
    );
  }

  #metadataValue(name: string): string | undefined {
    if (this.#reader.mayHaveMetadata(name)) return this.#reader.metadataValue(this.#row, name);
    if (!name.endsWith(duplicateSuffix)) return undefined;
    const original = name.slice(0, -duplicateSuffix.length);
    return this.streamHas(original) ? this.#reader.metadataValue(this.#row, original) : undefined;
  }
}

function find(labels: Labels, name: string): string | undefined {
  for (const label of labels) if (label[0] === name) return label[1];
  return undefined;
}

function mergeSorted(stream: Labels, metadata: Labels): Labels {
  if (metadata.length === 0) return stream;
  return [...stream, ...metadata].sort(compareNames);
}
