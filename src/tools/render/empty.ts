// An empty answer says what was searched, what nearly matched, and what to try.
import type { Empty } from '../answers/empty.ts';
import type { RenderStyle } from '../tool.ts';
import { paint } from './paint.ts';

/** The text of an empty answer. */
export function renderEmpty(empty: Empty, style: RenderStyle): string {
  return [
    `Nothing found. ${empty.searched}`,
    ...empty.findings.map((finding) => `- ${finding}`),
    ...empty.tries.map((command) => `${paint(style, 'green', 'try')}  ${command}`),
  ].join('\n');
}
