// Keeps the lines of one stack trace together as one record. Everything else passes at once.

export interface OutputLine {
  readonly text: string;
  /** Epoch milliseconds at which it arrived. */
  readonly atMs: number;
}

/** A frame, a cause, or source text inside a trace of Node, Java, Python, Go or .NET. */
const continuation =
  /^\s+at |^\s+\.\.\. \d+ (?:more|common)|^Caused by: |^\s+File ".*", line \d+|^\s+\[cause\]|^\s+Suppressed: |^goroutine \d+|^\t\S+\.go:\d+/;
const pythonHead = /^Traceback \(most recent call last\):/;
/** Long enough for any real trace; a program that only prints such lines does not grow one record for ever. */
const maxLines = 500;

export class StackJoiner {
  readonly #emit: (line: OutputLine) => void;
  #lines: string[] = [];
  #atMs = 0;
  #inPython = false;

  constructor(emit: (line: OutputLine) => void) {
    this.#emit = emit;
  }

  push(line: OutputLine): void {
    if (this.#belongs(line.text)) {
      this.#lines.push(line.text);
      if (this.#lines.length >= maxLines) this.flush();
      return;
    }
    this.flush();
    this.#lines = [line.text];
    this.#atMs = line.atMs;
    this.#inPython = pythonHead.test(line.text);
  }

  /** Emits what is held; called when no line followed for a moment. */
  flush(): void {
    if (this.#lines.length === 0) return;
    this.#emit({ text: this.#lines.join('\n'), atMs: this.#atMs });
    this.#lines = [];
    this.#inPython = false;
  }

  #belongs(text: string): boolean {
    if (this.#lines.length === 0) return false;
    if (!this.#inPython) return continuation.test(text);
    // A Python trace ends with the first line that is not indented: the exception itself.
    if (!/^\s/.test(text)) this.#inPython = false;
    return true;
  }
}
