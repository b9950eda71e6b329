// Finds the rows of a block that can pass the line filters by searching the bytes of all its lines at once, which is far
// faster than asking line by line.
import type { LineFilterStage, StageExpr } from './ast.ts';
import type { PlaceSpan } from './row-reader.ts';
import type { LogBlock } from './source.ts';
import { orderStages } from './stages/pipeline.ts';

/** The longest text that every line passing the stages must contain; undefined if there is none. */
export function findNeedle(stages: readonly StageExpr[]): Buffer | undefined {
  const texts: string[] = [];
  for (const stage of orderStages(stages)) {
    if (stage.kind !== 'line_filter') break;
    const text = requiredText(stage);
    if (text !== undefined && text !== '') texts.push(text);
  }
  texts.sort((a, b) => b.length - a.length);
  return texts[0] === undefined ? undefined : Buffer.from(texts[0]);
}

function requiredText({ type, terms }: LineFilterStage): string | undefined {
  const [term] = terms;
  if (terms.length !== 1 || term === undefined || term.ip) return undefined;
  if (type === '|=') return term.text;
  return type === '|~' ? requiredByPattern(term.text) : undefined;
}

// The longest run of plain characters of a pattern without alternatives, groups or escapes.
function requiredByPattern(pattern: string): string | undefined {
  if (/[()|\\]/.test(pattern)) return undefined;
  const flat = pattern.replace(/\[[^\]]*\]/g, '.').replace(/\{[^}]*\}/g, '*');
  let longest = '';
  for (const found of flat.matchAll(/[^.*+?[\]{}^$]+/g)) {
    // A quantifier may take away the last character before it.
    const optional = /[*?]/.test(flat.charAt(found.index + found[0].length));
    const run = optional ? [...found[0]].slice(0, -1).join('') : found[0];
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

/** The places of a span, in time order, whose lines contain the needle. */
export function placesWith(needle: Buffer, block: LogBlock, span: PlaceSpan): Uint32Array {
  const { order, rowCount } = block;
  if (order === undefined) return rowsWith(needle, block, span);
  const hits = new Uint8Array(rowCount);
  for (const row of rowsWith(needle, block, { from: 0, to: rowCount })) hits[row] = 1;
  const places: number[] = [];
  for (let place = span.from; place < span.to; place++) if (hits[order[place] ?? 0] === 1) places.push(place);
  return Uint32Array.from(places);
}

function rowsWith(needle: Buffer, { bytes, lineStarts }: LogBlock, { from, to }: PlaceSpan): Uint32Array {
  const rows: number[] = [];
  const end = lineStarts[to] ?? 0;
  const lines = bytes.subarray(0, end);
  const probe = chooseProbe(needle, lines);
  const skip = (position: number) => {
    const found = lines.indexOf(probe.bytes, position + probe.offset);
    return found === -1 ? -1 : found - probe.offset;
  };
  let row = from;
  for (let at = skip(lineStarts[from] ?? 0); at !== -1; ) {
    row = rowOf(lineStarts, at, row, to);
    const rowEnd = lineStarts[row + 1] ?? end;
    // A find that runs into the next line is none.
    const fits = at + needle.length <= rowEnd && lines.compare(needle, 0, needle.length, at, at + needle.length) === 0;
    if (fits) rows.push(row);
    at = skip(fits ? rowEnd : at + 1);
  }
  return Uint32Array.from(rows);
}

/** Up to this length, searching bytes is a scan for the first of them, which the machine does many at a time. */
const probeLength = 7;
const sampleBytes = 4096;

// The piece of the needle that begins with the byte that is rarest in these lines.
function chooseProbe(needle: Buffer, lines: Buffer): { readonly bytes: Buffer; readonly offset: number } {
  if (needle.length < 2) return { bytes: needle, offset: 0 };
  const counts = new Uint32Array(256);
  const stride = Math.max(1, Math.floor(lines.length / sampleBytes));
  for (let i = 0; i < lines.length; i += stride) counts[lines[i] ?? 0] = (counts[lines[i] ?? 0] ?? 0) + 1;
  let offset = 0;
  for (let i = 1; i <= needle.length - 2; i++) {
    if ((counts[needle[i] ?? 0] ?? 0) < (counts[needle[offset] ?? 0] ?? 0)) offset = i;
  }
  return { bytes: needle.subarray(offset, offset + probeLength), offset };
}

// The row from `low` on whose line holds the byte at `at`.
function rowOf(lineStarts: Uint32Array, at: number, low: number, to: number): number {
  let first = low;
  let last = to - 1;
  while (first < last) {
    const middle = (first + last + 1) >>> 1;
    if ((lineStarts[middle] ?? 0) <= at) first = middle;
    else last = middle - 1;
  }
  return first;
}
