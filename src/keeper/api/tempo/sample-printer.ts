// Samples of series as JSON. There are thousands of them in an answer: print-samples.wat puts values between what all samples have,
// whole numbers as they are, others as one text that V8 writes.
import { loadModule } from '../../../std/wasm.ts';
import type { Intervals } from '../../../traceql/functions/intervals.ts';
import { printSamplesModule } from './print-samples.wasm.ts';

/** The samples of a series, by interval and with commas between them; NaN has none. Valid until the next call. */
export type SamplePrinter = (values: Float64Array) => Uint8Array;

type Print = (...places: number[]) => number;

/** What print-samples.wat exports; parameters and results as it says there. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly printTexts: Print;
  readonly printWhole: Print;
}

const pageBytes = 65_536;
/** The beginning of a sample has a fixed place, and its length is the last byte of that. */
const beginningBytes = 64;
/** The longest numbers take 24 bytes, and their comma one. */
const valueBytes = 32;
const sampleBytes = 96;
/** Numbers that are written by a table, and the bytes that each has there. */
const tableNumbers = 1000;
const tableBytes = 16;
const tableLengthAt = 8;
const tableBackAt = 12;
const beginningsAt = tableNumbers * tableBytes;

const valueName = ',"value":';

let kernel: Kernel | undefined;

/** A printer for one answer, to be used at a stretch: all answers share one memory. */
export function makeSamplePrinter(intervals: Intervals): SamplePrinter {
  kernel ??= loadKernel();
  return kernel ? printByKernel(kernel, intervals) : printPlainly(intervals);
}

/** The same without WebAssembly, or its vectors. */
export function printPlainly(intervals: Intervals): SamplePrinter {
  const beginnings = listBeginnings(intervals);
  return (values) => {
    let text = '';
    values.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      const shown = Number.isFinite(value) ? String(value) : `"${value}"`;
      // Zero values do not appear in protobuf JSON.
      text += value === 0 ? `${beginnings[i]?.slice(0, -valueName.length)}},` : `${beginnings[i]}${shown}},`;
    });
    return Buffer.from(text.slice(0, -1));
  };
}

function loadKernel(): Kernel | undefined {
  const module = loadModule(printSamplesModule);
  if (!module) return undefined;
  const loaded = new WebAssembly.Instance(module).exports as unknown as Kernel; // as print-samples.wat says
  const bytes = Buffer.from(loaded.memory.buffer);
  for (let number = 0; number < tableNumbers; number++) {
    const at = number * tableBytes;
    // Zero values do not appear in protobuf JSON.
    const text = number === 0 ? '},' : `${number}},`;
    bytes.write(text, at);
    bytes.writeUInt32LE(text.length, at + tableLengthAt);
    bytes.writeUInt32LE(number === 0 ? valueName.length : 0, at + tableBackAt);
  }
  return loaded;
}

function printByKernel({ memory, printTexts, printWhole }: Kernel, intervals: Intervals): SamplePrinter {
  const valuesAt = beginningsAt + intervals.count * beginningBytes;
  const outAt = valuesAt + intervals.count * valueBytes;
  const missing = outAt + intervals.count * sampleBytes + pageBytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  const bytes = Buffer.from(memory.buffer);
  const padded = listBeginnings(intervals).map(
    (text) => text.padEnd(beginningBytes - 1) + String.fromCharCode(text.length),
  );
  bytes.write(padded.join(''), beginningsAt, 'latin1');
  const numbers = new Float64Array(memory.buffer, valuesAt, intervals.count);
  const print = (values: Float64Array) => {
    numbers.set(values);
    const wholeEnd = printWhole(valuesAt, valuesAt + values.byteLength, beginningsAt, 0, outAt);
    if (wholeEnd > 0) return wholeEnd;
    return printTexts(valuesAt, valuesAt + writeTexts(values, bytes, valuesAt), beginningsAt, outAt);
  };
  return (values) => bytes.subarray(outAt, Math.max(outAt, print(values) - 1));
}

// Says how many bytes they take.
function writeTexts(values: Float64Array, bytes: Buffer, at: number): number {
  const text = `${values.join(',')},`;
  return bytes.write(text.includes('I') ? text.replaceAll(/-?Infinity/g, '"$&"') : text, at, 'latin1');
}

function listBeginnings(intervals: Intervals): string[] {
  return Array.from({ length: intervals.count }, (_, i) => `{"timestampMs":"${intervals.timestampMs(i)}"${valueName}`);
}
