// Masks the secrets inside one text. Nearly all text has none, so the signs of all kinds are looked for at once first.
import { secretPatterns } from './secret-pattern.ts';

// The shortest text that can hold a secret with its name: `pwd=x`.
const shortest = 5;

const anySign = new RegExp(secretPatterns.map(({ sign }) => sign.source).join('|'), 'i');

/** The text with secrets replaced; the very same string when there are none. */
export function maskText(text: string): string {
  if (text.length < shortest || !anySign.test(text)) return text;
  let masked = text;
  for (const { sign, mask } of secretPatterns) if (sign.test(masked)) masked = mask(masked);
  return masked;
}
