// Looks through an export of logs in columns for what the masker would change; nearly always that is nothing, and no text
// is ever made of the bytes. Records that hold a secret are masked one by one; the others stay columns.
import { isUtf8 } from 'node:buffer';
import { BytesMap } from '../../std/bytes-map.ts';
import { type LogsBatch, leaveToDecoder, readRecord } from '../../wire/otlp/logs-batch.ts';
import { valueKind } from '../../wire/otlp/logs-columns.ts';
import type { LogRecord } from '../../wire/otlp/types.ts';
import type { Masker } from './mask-request.ts';
import { SecretScan, scanned } from './secret-scan.ts';

const maxKeys = 4096;

export class LogsInspector {
  readonly #masker: Masker;
  readonly #sensitive = new BytesMap<boolean>();
  readonly #scan = new SecretScan();
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
   * Masks the records that hold secrets and puts them among the objects of the batch; says which they are. Undefined: a
   * resource or a scope holds one. Leaves records whose texts are no UTF-8 to the decoder on the way. @throws MalformedOtlp
   */
  mask(batch: LogsBatch): ReadonlyMap<number, LogRecord> | undefined {
    const masked = new Map<number, LogRecord>();
    this.isText = true;
    this.#scan.begin(batch.bytes);
    for (const { resource, scope, from, to } of batch.spans) {
      for (const { attributes } of [resource, scope])
        if (this.#masker.maskAttributes(attributes) !== attributes) return undefined;
      for (let row = from; row < to; row++) {
        if (!this.#isSuspect(batch, row)) continue;
        const record = readRecord(batch, row);
        const changed = this.#masker.maskLog(record);
        if (changed === record) continue;
        batch.records.unusual[row] = 1;
        batch.objects.set(row, changed);
        masked.set(row, changed);
      }
    }
    return masked;
  }

  /** Must the record be made an object, to see whether the masker changes it? */
  #isSuspect(batch: LogsBatch, row: number): boolean {
    const { records } = batch;
    const body = this.#inspect(batch, records.bodyStart[row]!, records.bodyEnd[row]!); // row is one of the batch
    const attributes = this.#inspectAttributes(batch, row);
    const isText = body === 'text' && attributes === 'text' && this.#isSeverityText(batch, row);
    if (!isText) this.isText = false;
    if (!isText && body !== 'secret' && attributes !== 'secret') leaveToDecoder(batch, row);
    return body === 'secret' || attributes === 'secret' || records.unusual[row] !== 0;
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

  #inspectAttributes(batch: LogsBatch, row: number): Finding {
    const { bytes, records, attributes } = batch;
    let worst: Finding = 'text';
    const end = records.attributesEnd[row]!; // row is one of the batch, and so are its attributes
    for (let i = records.attributesStart[row]!; i < end; i++) {
      if (attributes.kind[i] !== valueKind.text) continue;
      const { keyStart, keyEnd, valueStart, valueEnd } = attributes;
      if (this.#isSensitive(bytes, keyStart[i]!, keyEnd[i]!)) {
        if (valueEnd[i] === valueStart[i]) continue;
        return 'secret';
      }
      const found = this.#inspect(batch, valueStart[i]!, valueEnd[i]!);
      if (found === 'secret') return found;
      if (found === 'no text') worst = found;
    }
    return worst;
  }

  #inspect(batch: LogsBatch, start: number, end: number): Finding {
    const found = this.#scan.scan(start, end);
    if (found === scanned.plain) return 'text';
    const { bytes } = batch;
    if (found === scanned.maybeSecret) {
      const text = bytes.toString('utf8', start, end);
      if (this.#masker.maskText(text) !== text) return 'secret';
    }
    return isUtf8(bytes.subarray(start, end)) ? 'text' : 'no text';
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

type Finding = 'text' | 'no text' | 'secret';
