// Samples of series as JSON. There are thousands of them in an answer: print-samples.wat puts values between what all samples have,
// whole numbers as they are, others as one text that V8 writes.
import { loadModule } from '../../../std/wasm.ts';
import type { Intervals } from '../../../traceql/functions/intervals.ts';
import { printSamplesModule } from './print-samples.wasm.ts';

/** The samples of a series, by interval and with commas between them; NaN has none. Valid until the next call. */
export type SamplePrinter = (values: Float64Array) => Uint8Array;

type Print = (at: number, end: number, time: number, out: number) => number;

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

let kernel: Kernel | undefined;

/** A printer for one answer, to be used at a stretch: all answers share one memory. */
export function makeSamplePrinter(intervals: Intervals): SamplePrinter {
  kernel ??= loadKernel();
  return kernel ? printByKernel(kernel, intervals) : printPlainly(intervals);
}

/** The same without WebAssembly. */
export function printPlainly(intervals: Intervals): SamplePrinter {
  const beginnings = listBeginnings(intervals);
  return (values) => {
    let text = '';
    values.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      const shown = Number.isFinite(value) ? String(value) : `"${value}"`;
      // Zero values do not appear in protobuf JSON.
      text += value === 0 ? `${beginnings[i]?.slice(0, -',"value":'.length)}},` : `${beginnings[i]}${shown}},`;
    });
    return Buffer.from(text.slice(0, -1));
  };
}

function loadKernel(): Kernel | undefined {
  const module = loadModule(printSamplesModule);
  return module && (new WebAssembly.Instance(module).exports as unknown as Kernel); // as print-samples.wat says
}

function printByKernel({ memory, printTexts, printWhole }: Kernel, intervals: Intervals): SamplePrinter {
  const valuesAt = intervals.count * beginningBytes;
  const outAt = valuesAt + intervals.count * valueBytes;
  const missing = outAt + intervals.count * sampleBytes + pageBytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  const bytes = Buffer.from(memory.buffer);
  const padded = listBeginnings(intervals).map(
    (text) => text.padEnd(beginningBytes - 1) + String.fromCharCode(text.length),
  );
  bytes.write(padded.join(''), 'latin1');
  const numbers = new Float64Array(memory.buffer, valuesAt, intervals.count);
  const print = (values: Float64Array) => {
    numbers.set(values);
    const wholeEnd = printWhole(valuesAt, valuesAt + values.byteLength, 0, outAt);
    return wholeEnd > 0 ? wholeEnd : printTexts(valuesAt, valuesAt + writeTexts(values, bytes, valuesAt), 0, outAt);
  };
  return (values) => bytes.subarray(outAt, Math.max(outAt, print(values) - 1));
}

// Says how many bytes they take.
function writeTexts(values: Float64Array, bytes: Buffer, at: number): number {
  const text = `${values.join(',')},`;
  return bytes.write(text.includes('I') ? text.replaceAll(/-?Infinity/g, '"$&"') : text, at, 'latin1');
}

function listBeginnings(intervals: Intervals): string[] {
  return Array.from({ length: intervals.count }, (_, i) => `{"timestampMs":"${intervals.timestampMs(i)}","value":`);
}
