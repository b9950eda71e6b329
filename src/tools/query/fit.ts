// How much of an answer fits an agent's budget. What is too long is cut here, where it is known what matters most and
// where a cursor can be made for the rest; the face cuts what still does not fit, without either.
import { defaultMaxTokens } from '../limits.ts';
import type { ToolContext } from '../tool.ts';

const bytesPerToken = 3.5;
// Left for what the face puts around the answer.
const envelopeTokens = 300;

/** Bytes that rows may take beside the `rest` of an answer; Infinity where answers are printed whole. */
export function roomFor(context: ToolContext, rest: unknown = null): number {
  if (isWhole(context)) return Infinity;
  const maxBytes = ((context.maxTokens ?? defaultMaxTokens) - envelopeTokens) * bytesPerToken;
  // However long the rest is, an answer without any row would say nothing.
  return Math.max(maxBytes - sizeOf(rest), maxBytes / 4);
}

/** What stands around the rows of an answer to a query: the query, its window, and both again in the command that goes on. */
export function frameOf(query: string): unknown {
  const window = 'from 2026-01-01T00:00:00.000Z to 2026-01-01T00:00:00.000Z';
  const fields =
    'kind lines commonLabels series traces more cursor next warnings empty resultType total plot text at limit';
  return [query, query, window, window, fields, 'cursor '.repeat(16)];
}

/** What a value takes in an answer, in bytes. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

/** The first rows that fit beside the `rest` of the answer, at least one. */
export function fitRows<T>(context: ToolContext, rows: readonly T[], rest: unknown = null): readonly T[] {
  let room = roomFor(context, rest);
  if (room === Infinity) return rows;
  const count = rows.findIndex((row) => {
    room -= sizeOf(row);
    return room < 0;
  });
  return count === -1 ? rows : rows.slice(0, Math.max(1, count));
}

/** A list cut to a length that is fit for an agent; whole where answers are printed whole. */
export function fitList<T>(context: ToolContext, items: readonly T[], maxItems: number): readonly T[] {
  return isWhole(context) ? items : items.slice(0, maxItems);
}

/** A text cut to a length that is fit for an agent; whole where answers are printed whole. */
export function fitText(context: ToolContext, text: string, maxChars: number): string {
  if (isWhole(context) || text.length <= maxChars) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

/** The command line prints answers whole, unless it was told how long they may be. */
export function isWhole(context: ToolContext): boolean {
  return context.caller === 'cli' && context.maxTokens === undefined;
}
