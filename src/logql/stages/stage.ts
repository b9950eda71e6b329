// The one interface of all pipeline stages. A stage is compiled once per query and asked for every line in order.
import type { Place } from '../ast.ts';
import type { Row } from './row.ts';

export interface Stage {
  /**
   * Works on the row in place: may change its text, labels and error. False drops the line; the row is then worthless.
   * Must not keep the row, its labels or its bytes: the next call reuses them.
   */
  process(row: Row): boolean;
  /** Labels that the stage reads, so that parsers before it know what to extract for a metric. */
  readonly reads?: readonly string[];
}

/** A stage that does not compile; becomes a QueryError where the query's text is known. */
export class StageRefusal extends Error {
  readonly stage: Place;
  /** Loki's text, without `parse error : `. */
  readonly serverText: string;

  constructor(stage: Place, serverText: string, message = serverText) {
    super(message);
    this.name = 'StageRefusal';
    this.stage = stage;
    this.serverText = serverText;
  }
}

/** What a line carries in `__error__` when a stage failed on it. */
export type LineError =
  | 'JSONParserErr'
  | 'LogfmtParserErr'
  | 'LabelFilterErr'
  | 'SampleExtractionErr'
  | 'TemplateFormatErr';
