// Log records of one export as columns of numbers: where in the bytes each part stands. Nothing is copied and no object is
// made per record; the columns are reused from export to export.

/** What a value in the bytes is; texts are ranges, the others stand in the first column of the range. */
export const valueKind = { none: 0, text: 1, int: 2, bool: 3 } as const;

/** Columns with one element per record. A start of -1 says that the part is not there. */
export class RecordColumns {
  length = 0;
  /** The whole record. */
  start = new Int32Array(0);
  end = new Int32Array(0);
  /** 1: it holds something that columns have no place for, and is to be decoded as an object. */
  unusual = new Uint8Array(0);
  timeLow = new Uint32Array(0);
  timeHigh = new Uint32Array(0);
  observedLow = new Uint32Array(0);
  observedHigh = new Uint32Array(0);
  severityNumber = new Int32Array(0);
  severityTextStart = new Int32Array(0);
  severityTextEnd = new Int32Array(0);
  bodyStart = new Int32Array(0);
  bodyEnd = new Int32Array(0);
  droppedAttributes = new Int32Array(0);
  flags = new Uint32Array(0);
  traceIdStart = new Int32Array(0);
  spanIdStart = new Int32Array(0);
  /** Its attributes are those from here up to `attributesEnd` in AttributeColumns. */
  attributesStart = new Int32Array(0);
  attributesEnd = new Int32Array(0);

  /** Adds a record with nothing in it; says at which place. */
  add(): number {
    const at = this.length;
    if (at === this.start.length) this.#grow(Math.max(1024, at * 2));
    this.length = at + 1;
    this.unusual[at] = 0;
    this.timeLow[at] = 0;
    this.timeHigh[at] = 0;
    this.observedLow[at] = 0;
    this.observedHigh[at] = 0;
    this.severityNumber[at] = 0;
    this.severityTextStart[at] = 0;
    this.severityTextEnd[at] = 0;
    this.bodyStart[at] = 0;
    this.bodyEnd[at] = 0;
    this.droppedAttributes[at] = 0;
    this.flags[at] = 0;
    this.traceIdStart[at] = -1;
    this.spanIdStart[at] = -1;
    return at;
  }

  #grow(capacity: number): void {
    this.start = copyInts(this.start, capacity);
    this.end = copyInts(this.end, capacity);
    this.timeLow = copyUnsigned(this.timeLow, capacity);
    this.timeHigh = copyUnsigned(this.timeHigh, capacity);
    this.observedLow = copyUnsigned(this.observedLow, capacity);
    this.observedHigh = copyUnsigned(this.observedHigh, capacity);
    this.severityNumber = copyInts(this.severityNumber, capacity);
    this.severityTextStart = copyInts(this.severityTextStart, capacity);
    this.severityTextEnd = copyInts(this.severityTextEnd, capacity);
    this.bodyStart = copyInts(this.bodyStart, capacity);
    this.bodyEnd = copyInts(this.bodyEnd, capacity);
    this.droppedAttributes = copyInts(this.droppedAttributes, capacity);
    this.flags = copyUnsigned(this.flags, capacity);
    this.traceIdStart = copyInts(this.traceIdStart, capacity);
    this.spanIdStart = copyInts(this.spanIdStart, capacity);
    this.attributesStart = copyInts(this.attributesStart, capacity);
    this.attributesEnd = copyInts(this.attributesEnd, capacity);
    const unusual = new Uint8Array(capacity);
    unusual.set(this.unusual);
    this.unusual = unusual;
  }
}

/** Columns with one element per attribute of a record. */
export class AttributeColumns {
  length = 0;
  keyStart = new Int32Array(0);
  keyEnd = new Int32Array(0);
  /** One of `valueKind`. */
  kind = new Uint8Array(0);
  valueStart = new Int32Array(0);
  valueEnd = new Int32Array(0);

  add(): number {
    const at = this.length;
    if (at === this.keyStart.length) this.#grow(Math.max(1024, at * 2));
    this.length = at + 1;
    this.keyStart[at] = 0;
    this.keyEnd[at] = 0;
    this.kind[at] = valueKind.none;
    return at;
  }

  #grow(capacity: number): void {
    this.keyStart = copyInts(this.keyStart, capacity);
    this.keyEnd = copyInts(this.keyEnd, capacity);
    this.valueStart = copyInts(this.valueStart, capacity);
    this.valueEnd = copyInts(this.valueEnd, capacity);
    const kind = new Uint8Array(capacity);
    kind.set(this.kind);
    this.kind = kind;
  }
}

function copyInts(from: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const made = new Int32Array(capacity);
  made.set(from);
  return made;
}

function copyUnsigned(from: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const made = new Uint32Array(capacity);
  made.set(from);
  return made;
}
