// How many rows of an answer fit an agent's budget. Rows are cut here, where a cursor can be made for the rest; what is
// still too long afterwards is cut by the face without one.
import { defaultMaxTokens } from '../limits.ts';
import type { ToolContext } from '../tool.ts';

const bytesPerToken = 3.5;
// Left for the fields around the rows, the envelope and the fence.
const reservedTokens = 900;

/** The first rows that fit; all of them where answers are printed whole, as the command line does by default. */
export function fitRows<T>(context: ToolContext, rows: readonly T[]): readonly T[] {
  if (context.caller === 'cli' && context.maxTokens === undefined) return rows;
  const maxTokens = context.maxTokens ?? defaultMaxTokens;
  let bytesLeft = Math.max(maxTokens - reservedTokens, maxTokens / 3) * bytesPerToken;
  const count = rows.findIndex((row) => {
    bytesLeft -= Buffer.byteLength(JSON.stringify(row)) + 1;
    return bytesLeft < 0;
  });
  return count === -1 ? rows : rows.slice(0, Math.max(1, count));
}

/** Longest text of one line for an agent; the command line keeps it whole. */
export function fitText(context: ToolContext, text: string, maxChars: number): string {
  if (context.caller === 'cli' || text.length <= maxChars) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}
