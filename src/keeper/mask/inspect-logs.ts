// Looks through an export of logs in columns for what the masker would change; nearly always that is nothing, and no text
// is ever made of the bytes. A text that holds a secret is masked by itself, and the export is read again with it.
import { isUtf8 } from 'node:buffer';
import { BytesMap } from '../../std/bytes-map.ts';
import { maskedText } from '../../std/secrets/sensitive-key.ts';
import { logRecord } from '../../wire/otlp/logs.ts';
import { type LogsBatch, leaveToDecoder, readRecord } from '../../wire/otlp/logs-batch.ts';
import { valueKind } from '../../wire/otlp/logs-columns.ts';
import { ProtoWriter } from '../../wire/otlp/proto-writer.ts';
import type { Replacement } from '../../wire/otlp/splice-fields.ts';
import type { LogRecord } from '../../wire/otlp/types.ts';
import type { Masker } from './mask-request.ts';
import { SecretScan, scanned } from './secret-scan.ts';

const maxKeys = 4096;
const maskedBytes = Buffer.from(maskedText);

export class LogsInspector {
  readonly #masker: Masker;
  readonly #sensitive = new BytesMap<boolean>();
  readonly #scan = new SecretScan();
  #changes: Replacement[] = [];
  /** Were all texts of the export looked at last found to be UTF-8? */
  isText = true;

  constructor(masker: Masker) {
    this.#masker = masker;
  }

  /** Leaves records whose texts are no UTF-8 to the decoder, in an export that was masked before. @throws MalformedOtlp */
  inspectMasked(batch: LogsBatch): void {
    this.isText = true;
    for (let row = 0; row < batch.records.length; row++) {
      if (this.#isText(batch, row)) continue;
      this.isText = false;
      leaveToDecoder(batch, row);
    }
  }

  /**
   * What masking changes in the bytes of the batch, in rising order. Undefined: a resource or a scope holds a secret. Leaves
   * records whose texts are no UTF-8 to the decoder on the way. @throws MalformedOtlp
   */
  mask(batch: LogsBatch): readonly Replacement[] | undefined {
    this.#changes = [];
    this.isText = true;
    this.#scan.begin(batch.bytes);
    for (const { resource, scope, from, to } of batch.spans) {
      for (const { attributes } of [resource, scope])
        if (this.#masker.maskAttributes(attributes) !== attributes) return undefined;
      for (let row = from; row < to; row++) this.#maskRow(batch, row);
    }
    return this.#changes;
  }

  #maskRow(batch: LogsBatch, row: number): void {
    const { records } = batch;
    if (records.unusual[row] !== 0) {
      this.#maskAsObject(batch, row);
      return;
    }
    const before = this.#changes.length;
    const isText =
      this.#maskText(batch.bytes, records.bodyStart[row]!, records.bodyEnd[row]!) && // row is one of the batch
      this.#maskAttributes(batch, row) &&
      this.#isSeverityText(batch, row);
    if (isText) return;
    this.isText = false;
    this.#changes.length = before;
    leaveToDecoder(batch, row);
    this.#maskAsObject(batch, row);
  }

  #maskAsObject(batch: LogsBatch, row: number): void {
    const record = readRecord(batch, row);
    const masked = this.#masker.maskLog(record);
    if (masked === record) return;
    const { start, end } = batch.records;
    this.#changes.push({ start: start[row]!, end: end[row]!, content: encodeRecord(masked) }); // row is one of the batch
  }

  #isText(batch: LogsBatch, row: number): boolean {
    const { records, attributes } = batch;
    const isUtf8Between = (start: number, end: number) =>
      isAscii(batch, start, end) || isUtf8(batch.bytes.subarray(start, end));
    if (!isUtf8Between(records.bodyStart[row]!, records.bodyEnd[row]!)) return false; // row is one of the batch
    const end = records.attributesEnd[row]!; // as above, and so are its attributes
    for (let i = records.attributesStart[row]!; i < end; i++) {
      if (attributes.kind[i] !== valueKind.text) continue;
      if (!isUtf8Between(attributes.valueStart[i]!, attributes.valueEnd[i]!)) return false;
    }
    return this.#isSeverityText(batch, row);
  }

  /** False: a text is no UTF-8. */
  #maskAttributes({ bytes, records, attributes }: LogsBatch, row: number): boolean {
    const end = records.attributesEnd[row]!; // row is one of the batch, and so are its attributes
    for (let i = records.attributesStart[row]!; i < end; i++) {
      if (attributes.kind[i] !== valueKind.text) continue;
      const [start, stop] = [attributes.valueStart[i]!, attributes.valueEnd[i]!];
      if (start === stop) continue;
      if (this.#isSensitive(bytes, attributes.keyStart[i]!, attributes.keyEnd[i]!))
        this.#changes.push({ start, end: stop, content: maskedBytes });
      else if (!this.#maskText(bytes, start, stop)) return false;
    }
    return true;
  }

  /** False: it is no UTF-8. */
  #maskText(bytes: Buffer, start: number, end: number): boolean {
    const found = this.#scan.scan(start, end);
    if (found === scanned.plain) return true;
    if (found === scanned.maybeSecret) {
      const text = bytes.toString('utf8', start, end);
      const masked = this.#masker.maskText(text);
      if (masked !== text) {
        this.#changes.push({ start, end, content: Buffer.from(masked) });
        return true;
      }
    }
    return isUtf8(bytes.subarray(start, end));
  }

  #isSeverityText({ bytes, records }: LogsBatch, row: number): boolean {
    const [start, end] = [records.severityTextStart[row]!, records.severityTextEnd[row]!]; // row is one of the batch
    for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return isUtf8(bytes.subarray(start, end));
    return true;
  }

  #isSensitive(bytes: Buffer, start: number, end: number): boolean {
    const known = this.#sensitive.get(0, bytes, start, end);
    if (known !== undefined) return known;
    const answer = this.#masker.isSensitiveKey(bytes.toString('utf8', start, end));
    if (this.#sensitive.size >= maxKeys) this.#sensitive.clear();
    if (end - start <= 256) this.#sensitive.set(0, { bytes, start, end }, answer);
    return answer;
  }
}

/** Eight bytes a step. */
function isAscii({ bytes, view }: LogsBatch, start: number, end: number): boolean {
  let high = 0;
  let at = start;
  // All places are inside the text.
  for (const last = end - 8; at <= last; at += 8) high |= view.getInt32(at, true) | view.getInt32(at + 4, true);
  for (; at < end; at++) high |= bytes[at]!;
  return (high & 0x80808080) === 0;
}

function encodeRecord(record: LogRecord): Uint8Array {
  const writer = new ProtoWriter();
  logRecord.writeFields(record, writer);
  return writer.finish();
}
