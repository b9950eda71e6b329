// An empty answer says what was searched, what nearly matched, and what to try.
import { z } from 'zod';
import type { RenderStyle } from '../tool.ts';
import { paint } from './paint.ts';

export const emptySchema = z.object({
  /** What was looked for, and where. */
  searched: z.string(),
  /** What nearly matched: nearest labels and values, the newest record before the window. */
  findings: z.array(z.string()),
  /** Commands that are likely to find something. */
  tries: z.array(z.string()),
});
export type Empty = z.infer<typeof emptySchema>;

/** The text of an empty answer. */
export function renderEmpty(empty: Empty, style: RenderStyle): string {
  return [
    `Nothing found. ${empty.searched}`,
    ...empty.findings.map((finding) => `- ${finding}`),
    ...empty.tries.map((command) => `${paint(style, 'green', 'try')}  ${command}`),
  ].join('\n');
}
