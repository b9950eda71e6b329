// What the parsers of a metric query may leave out: a sum by (level) needs no other label than `level` and those that
// its filters read. Log queries need all. The rules are Loki's, because they decide which malformed lines go unnoticed.
import type { LabelsBuilder } from './labels-builder.ts';
import type { Row } from './row.ts';
import type { Stage } from './stage.ts';

const suffix = '_extracted';

/** A label filter on one label; a parser may ask it as soon as it has found that label. */
export interface EarlyFilter {
  readonly label: string;
  readonly stage: Stage;
}

export class ParserHints {
  /** Extracts everything. */
  static readonly all = new ParserHints({ required: undefined, noLabels: false, filters: [] });

  readonly preserveError: boolean;
  readonly #required: ReadonlySet<string> | undefined;
  readonly #noLabels: boolean;
  readonly #filters: ReadonlyMap<string, Stage>;
  #row: Row | undefined;

  constructor(of: {
    /** Names that are needed; undefined: all. */
    readonly required: Iterable<string> | undefined;
    readonly noLabels: boolean;
    readonly filters: readonly EarlyFilter[];
  }) {
    const required = of.required === undefined ? undefined : new Set(of.required);
    for (const name of [...(required ?? [])]) if (!name.endsWith(suffix)) required?.add(name + suffix);
    this.#required = required;
    this.#noLabels = of.noLabels;
    // Of several filters on a label the first one speaks.
    this.#filters = new Map(of.filters.toReversed().map(({ label, stage }) => [label, stage]));
    this.preserveError = required?.has('__error__') ?? false;
  }

  /** No label of the line is ever looked at, so parsers need not run. */
  get nothingNeeded(): boolean {
    return this.#noLabels;
  }

  /** Are all labels needed? */
  get everythingNeeded(): boolean {
    return this.#required === undefined;
  }

  bindRow(row: Row): void {
    this.#row = row;
  }

  shouldExtract(name: string): boolean {
    return this.#required === undefined || this.#required.has(name);
  }

  /** Could this name be needed, under itself or with the suffix that duplicates get? */
  mayExtract(name: string): boolean {
    return this.#required === undefined || this.#required.has(name) || this.#required.has(name + suffix);
  }

  shouldExtractPrefix(prefix: string): boolean {
    if (this.#required === undefined) return true;
    for (const name of this.#required) if (name.startsWith(prefix)) return true;
    return false;
  }

  /** Is a label's filter asked as soon as the label is found? */
  asksFilter(name: string): boolean {
    return this.#filters.has(name);
  }

  /** Asks the filter on a label that was just set; false: the line is out. */
  passesFilter(name: string, _labels: LabelsBuilder): boolean {
    const filter = this.#filters.get(name);
    return filter === undefined || this.#row === undefined || filter.process(this.#row);
  }
}
