// The one way in which a decoder of OTLP refuses a body: where it is wrong, and what was expected there.

/** A body that is no OTLP export request. `message` carries the path of the fault, such as `resourceLogs[0].scopeLogs`. */
export class MalformedOtlp extends Error {
  readonly detail: string;
  private readonly path: string[] = [];

  constructor(detail: string) {
    super(detail);
    this.name = 'MalformedOtlp';
    this.detail = detail;
  }

  /** Puts a key or an index before the path; called by each level while the error travels outwards. */
  within(segment: string | number): this {
    this.path.unshift(typeof segment === 'number' ? `[${segment}]` : segment);
    const path = this.path.map((part, i) => (i === 0 || part.startsWith('[') ? part : `.${part}`)).join('');
    this.message = `${path}: ${this.detail}`;
    return this;
  }
}
