// A cursor over one line of a metrics page: names, labels with escapes, words.

/** A page that does not follow its format; says the line. */
export class MalformedExposition extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'MalformedExposition';
  }

  atLine(line: number): this {
    this.message = `line ${line}: ${this.message}`;
    return this;
  }
}

const metricName = /[a-zA-Z_:][\w:]*/y;
const labelName = /[a-zA-Z_]\w*/y;

export interface LineLabels {
  readonly pairs: (readonly [name: string, value: string])[];
  readonly quotedName: string | undefined;
}

export class LineScanner {
  private readonly line: string;
  private at = 0;

  constructor(line: string) {
    this.line = line;
  }

  skipBlanks(): void {
    while (this.line[this.at] === ' ' || this.line[this.at] === '\t') this.at++;
  }

  /** A metric name, if one is next. */
  takeName(): string | undefined {
    return this.takeMatch(metricName);
  }

  /** `{a="x",b="y"}` if it is next; a quoted string without a value is the metric's name. @throws MalformedExposition */
  takeLabels(): LineLabels {
    const pairs: [string, string][] = [];
    let quotedName: string | undefined;
    if (!this.take('{')) return { pairs, quotedName };
    for (;;) {
      this.skipBlanks();
      if (this.take('}')) return { pairs, quotedName };
      const name = this.line[this.at] === '"' ? this.takeString() : this.takeMatch(labelName);
      if (name === undefined) throw this.unexpected('the name of a label');
      this.skipBlanks();
      if (this.take('=')) {
        this.skipBlanks();
        pairs.push([name, this.takeString()]);
      } else if (quotedName === undefined && pairs.length === 0) quotedName = name;
      else throw this.unexpected('=');
      this.skipBlanks();
      if (!this.take(',') && this.line[this.at] !== '}') throw this.unexpected(', or }');
    }
  }

  /** What comes up to the next blank; '' at the end of the line. */
  takeWord(): string {
    this.skipBlanks();
    const start = this.at;
    while (this.at < this.line.length && this.line[this.at] !== ' ' && this.line[this.at] !== '\t') this.at++;
    return this.line.slice(start, this.at);
  }

  private takeString(): string {
    if (!this.take('"')) throw this.unexpected('a quoted value');
    let value = '';
    for (;;) {
      const start = this.at;
      while (this.at < this.line.length && this.line[this.at] !== '"' && this.line[this.at] !== '\\') this.at++;
      value += this.line.slice(start, this.at);
      if (this.take('"')) return value;
      if (!this.take('\\')) throw this.unexpected('the closing quote');
      const escaped = this.line[this.at++];
      if (escaped === undefined) throw this.unexpected('the closing quote');
      value += escaped === 'n' ? '\n' : escaped === '\\' || escaped === '"' ? escaped : `\\${escaped}`;
    }
  }

  private take(char: string): boolean {
    if (this.line[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private takeMatch(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.line)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private unexpected(wanted: string): MalformedExposition {
    const rest = this.line.slice(this.at, this.at + 20);
    return new MalformedExposition(`expected ${wanted} at column ${this.at + 1}, got "${rest}"`);
  }
}
