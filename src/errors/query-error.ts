// A refused query in one of the three languages. Says which of three it is: not the language's grammar (syntax), grammar
// without meaning (invalid), or valid but not built here (unsupported: never answered with a wrong result).
import { describePosition, type TextPosition } from '../std/text-position.ts';

export type QueryLanguage = 'logql' | 'promql' | 'traceql';
export type QueryErrorKind = 'syntax' | 'invalid' | 'unsupported' | 'execution';

export interface QueryErrorFields {
  readonly language: QueryLanguage;
  readonly kind: QueryErrorKind;
  /** Our own words, for people and agents. */
  readonly message: string;
  /** The text the real server answers with; the HTTP APIs of the embedded runtime send this one. Default: `message`. */
  readonly serverText?: string;
  readonly query?: string;
  /** Offsets in UTF-16 units of `query`. */
  readonly start?: number;
  readonly end?: number;
  readonly expected?: readonly string[];
  /** Nearest valid form, if there is one. */
  readonly suggestion?: string;
  /** HTTP status and error type of the real server, where they are not the language's usual ones. */
  readonly httpStatus?: number;
  readonly errorType?: string;
}

/** Thrown by lexer, parser, validate and evaluate of promql/, logql/ and traceql/. */
export class QueryError extends Error {
  readonly fields: QueryErrorFields;

  constructor(fields: QueryErrorFields) {
    super(fields.message);
    this.name = 'QueryError';
    this.fields = fields;
  }

  get position(): TextPosition | undefined {
    const { query, start } = this.fields;
    return query === undefined || start === undefined ? undefined : describePosition(query, start, this.fields.end);
  }
}
