// The one error class that reaches a person or an agent. Its texts come from the catalogue, never from the call site.
import { catalogue } from './catalogue/index.ts';
import type { CatalogueEntry, ExitCode } from './entry.ts';

export type ErrorCode = keyof typeof catalogue;
export type ErrorData<C extends ErrorCode> = (typeof catalogue)[C] extends CatalogueEntry<infer D> ? D : never;

/** What `--json` prints under `error`, and what MCP answers carry. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  readonly data: unknown;
}

/** A failure with a permanent code, a reason and a fix that can be run as it is. */
export class ObsError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly why: string;
  readonly fix: string;
  readonly exit: ExitCode;
  readonly data: ErrorData<C>;

  constructor(code: C, data: ErrorData<C>, options: { cause?: unknown } = {}) {
    // The catalogue is a heterogeneous table; `code` and `data` are tied together by this signature.
    const found = catalogue[code] as unknown as CatalogueEntry<ErrorData<C>>;
    super(found.what(data), options);
    this.name = 'ObsError';
    this.code = code;
    this.data = data;
    this.why = found.why(data);
    this.fix = found.fix(data);
    this.exit = found.exit;
  }

  /** The JSON form of the contract: `{code, message, why, fix, data}`. */
  toDocument(): ErrorDocument {
    return { code: this.code, message: this.message, why: this.why, fix: this.fix, data: this.data };
  }
}
