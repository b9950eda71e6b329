// The labels of the line in hand: those of its stream, its structured metadata, and what stages added or took away.
// A parsed label hides structured metadata of its name, and that hides a stream label.
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

/** Appended to the name of an extracted label that the entry already has. */
export const duplicateSuffix = '_extracted';

export class LabelsBuilder {
  readonly hints: ParserHints;
  error = '';
  errorDetails = '';
  #stream: Labels = noLabels;
  #metadata: Labels = noLabels;
  #readMetadata: (() => Labels) | undefined;
  readonly #added = new Map<string, { value: string; category: Category }>();
  readonly #deleted = new Set<string>();

  constructor(hints: ParserHints = ParserHints.all) {
    this.hints = hints;
  }

  /** Starts a new line. `readMetadata` is called only if a stage or the answer needs the metadata. */
  reset(stream: Labels, readMetadata: () => Labels): void {
    this.#stream = stream;
    this.#readMetadata = readMetadata;
    this.error = '';
    this.errorDetails = '';
    if (this.#added.size > 0) this.#added.clear();
    if (this.#deleted.size > 0) this.#deleted.clear();
  }

  /** Is the line as it came: nothing added, nothing taken away, no error? */
  get untouched(): boolean {
    return this.#added.size === 0 && this.#deleted.size === 0 && this.error === '';
  }

  get(name: string): string | undefined {
    const added = this.#added.get(name);
    if (added) return added.value;
    if (this.#deleted.has(name)) return undefined;
    return find(this.#stream, name) ?? find(this.#loadMetadata(), name);
  }

  categoryOf(name: string): Category | undefined {
    const added = this.#added.get(name);
    if (added) return added.category;
    if (this.#deleted.has(name)) return undefined;
    if (find(this.#loadMetadata(), name) !== undefined) return 'structuredMetadata';
    return this.streamHas(name) ? 'stream' : undefined;
  }

  /** Has the stream a label of this name, hidden or not? */
  streamHas(name: string): boolean {
    return find(this.#stream, name) !== undefined;
  }

  set(category: Category, name: string, value: string): void {
    if (category !== 'parsed') {
      const present = this.categoryOf(name);
      if (present === 'parsed' || (category === 'stream' && present === 'structuredMetadata')) return;
    }
    this.#added.set(name, { value, category });
  }

  /** Sets a label that a parser found, renamed if the stream has one of that name. Says under which name. */
  setExtracted(name: string, value: string): void {
    this.#added.set(name, { value, category: 'parsed' });
  }

  /** The name under which a parser's find is stored: renamed if the entry had a label of that name before any parser. */
  extractedName(name: string): string {
    const taken = this.streamHas(name) || find(this.#loadMetadata(), name) !== undefined;
    return taken ? name + duplicateSuffix : name;
  }

  delete(name: string): void {
    this.#added.delete(name);
    this.#deleted.add(name);
  }

  setError(error: LineError, details = ''): void {
    this.error = error;
    this.errorDetails = details;
  }

  /** An error of a parser; queries that ask for `__error__` get it as a label instead of a refusal. */
  setParserError(error: LineError, details = ''): void {
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
    if (this.untouched) return mergeSorted(this.#stream, this.#loadMetadata());
    const { stream, structuredMetadata, parsed } = this.categorized();
    return [...stream, ...structuredMetadata, ...parsed].sort(compareNames);
  }

  categorized(): CategorizedLabels {
    const parts: Record<Category, Label[]> = { stream: [], structuredMetadata: [], parsed: [] };
    const visible = ([name]: Label) => !this.#added.has(name) && !this.#deleted.has(name);
    const metadata = this.#loadMetadata().filter(visible);
    parts.structuredMetadata.push(...metadata);
    parts.stream.push(...this.#stream.filter((label) => visible(label) && find(metadata, label[0]) === undefined));
    for (const [name, { value, category }] of this.#added) parts[category].push([name, value]);
    if (this.error !== '') parts.parsed.push([errorLabel, this.error]);
    if (this.errorDetails !== '') parts.parsed.push([errorDetailsLabel, this.errorDetails]);
    for (const part of Object.values(parts)) part.sort(compareNames);
    return parts;
  }

  #loadMetadata(): Labels {
    if (this.#readMetadata) {
      this.#metadata = this.#readMetadata();
      this.#readMetadata = undefined;
    }
    return this.#metadata;
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
