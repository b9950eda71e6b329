// Spans from their bytes in protobuf to Tempo's JSON in one pass, by print-spans.wat: nothing is looked up in columns, and no
// object is made of a text.
import { loadModule } from '../../../std/wasm.ts';
import { doubleToJson } from '../../../wire/tempo/any-value.ts';
import { kinds, statuses } from '../../../wire/tempo/trace-json.ts';
import { printSpansModule } from './print-spans.wasm.ts';

const pieceBytes = 65_536;
const wordsAt = 65_536;
const wordBytes = 32;
const headAt = 67_584;
const outAt = 131_072;

/** By their numbers in print-spans.wat. */
const words = [
  ',"parentSpanId":"',
  ',"name":',
  ',"startTimeUnixNano":"',
  '","endTimeUnixNano":"',
  ',"attributes":[',
  '{"key":',
  ',"value":{"stringValue":',
  ',"value":{"boolValue":false}}',
  ',"value":{"boolValue":true}}',
  ',"value":{"intValue":"',
  ',"value":{"doubleValue":',
  '}}',
  ',"status":{',
  '"message":',
  '"}}',
];
const firstKind = 16;
const firstStatus = 24;

export interface Printed {
  /** How many spans, each with a comma behind it; valid until the next call. */
  readonly count: number;
  readonly text: Uint8Array;
  /** Where in the piece the spans printed end, and where the one after them does, which may be beyond the piece. */
  readonly end: number;
  readonly nextEnd: number;
}

export interface SpanPrinter {
  /** Spans are put here to be printed, as fields of a message. */
  readonly piece: Uint8Array;
  /** Says the id of the trace whose spans are printed, of 32 digits. */
  readonly begin: (traceId: string) => void;
  /** Prints the spans from `start` on up to the first that does not end before `end` or is odd. */
  readonly print: (start: number, end: number) => Printed;
}

let made: { readonly printer: SpanPrinter | undefined } | undefined;

/**
 * The printer of all answers, of which each is written at a stretch; made when first asked for. Undefined: the processor has no
 * vectors, or Node runs without WebAssembly.
 */
export function useSpanPrinter(): SpanPrinter | undefined {
  made ??= { printer: makeSpanPrinter() };
  return made.printer;
}

function makeSpanPrinter(): SpanPrinter | undefined {
  const module = loadModule(printSpansModule);
  if (!module) return undefined;
  // Called while spans are printed, when there is a memory.
  const json = {
    double: (at: number, out: number) => writeAscii(memory, out, textOf(numbers.getFloat64(at, true))),
    text: (at: number, end: number, out: number) =>
      out + memory.write(JSON.stringify(memory.toString('utf8', at, end)), out),
  };
  const { exports } = new WebAssembly.Instance(module, { json });
  // What print-spans.wat exports.
  const kernel = exports as {
    memory: WebAssembly.Memory;
    at: WebAssembly.Global;
    out: WebAssembly.Global;
    end: WebAssembly.Global;
    print: (start: number, end: number) => number;
  };
  const memory = Buffer.from(kernel.memory.buffer);
  const numbers = new DataView(kernel.memory.buffer);
  putWords(memory);
  return {
    piece: memory.subarray(0, pieceBytes),
    begin: (traceId) => {
      memory.write(`{"traceId":"${Buffer.from(traceId, 'hex').toString('base64')}","spanId":"`, headAt);
    },
    print: (start, end) => {
      const count = kernel.print(start, end);
      const text = memory.subarray(outAt, kernel.out.value);
      return { count, text, end: kernel.at.value, nextEnd: kernel.end.value };
    },
  };
}

function putWords(memory: Buffer): void {
  const put = (word: string, number: number) => {
    memory.write(word, wordsAt + number * wordBytes);
    memory[wordsAt + (number + 1) * wordBytes - 1] = word.length;
  };
  for (const [i, word] of words.entries()) put(word, i);
  for (const [i, kind] of kinds.entries()) put(i === 0 ? '' : `,"kind":"SPAN_KIND_${kind}"`, firstKind + i);
  for (const [i, status] of statuses.entries()) put(i === 0 ? '' : `"code":"${status}"`, firstStatus + i);
}

// As JSON.stringify has it, which knows no sign before 0.
function textOf(value: number): string {
  return Number.isFinite(value) ? String(value + 0) : JSON.stringify(doubleToJson(value));
}

/** Says where the text ends. */
function writeAscii(bytes: Buffer, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
