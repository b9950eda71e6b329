// Keeps an answer within a number of tokens by cutting its longest lists and texts, each with a note of what went. An
// agent pays for every token, and clients cut what is too long in places of their own choosing.

/** Tokens are estimated as UTF-8 bytes divided by this, rounded up. */
const bytesPerToken = 3.5;

/** An estimate of what a text costs a model. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

export interface Bounded<T> {
  readonly value: T;
  /** What was cut, one line each; empty if nothing was. */
  readonly cut: readonly string[];
}

/** The longest a text inside a structured answer may be once the answer has to be cut. */
const textLimits = [2_000, 400, 100] as const;
/** The longest a list may be, tried in turn. */
const listLimits = [1_000, 500, 200, 100, 50, 25, 12, 6, 3, 1] as const;

/** Cuts a JSON value until its text is at most `maxTokens` long. Only lists and texts become shorter; fields stay. */
export function boundJson<T>(value: T, maxTokens: number): Bounded<T> {
  if (countTokens(JSON.stringify(value)) <= maxTokens) return { value, cut: [] };
  let smallest: Bounded<T> = { value, cut: [] };
  for (const maxItems of listLimits) {
    for (const maxChars of textLimits) {
      smallest = cutValue(value, { maxItems, maxChars });
      if (countTokens(JSON.stringify(smallest.value)) <= maxTokens) return smallest;
    }
  }
  return smallest;
}

/** Cuts a text at a line's end so that it is at most `maxTokens` long, its last line saying so included. */
export function boundText(text: string, maxTokens: number, note: string): Bounded<string> {
  if (countTokens(text) <= maxTokens) return { value: text, cut: [] };
  const lines = text.split('\n');
  const kept: string[] = [];
  let bytes = Buffer.byteLength(note) + 1;
  const maxBytes = Math.floor(maxTokens * bytesPerToken);
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxBytes) break;
    kept.push(line);
  }
  return { value: [...kept, note].join('\n'), cut: [`${kept.length} of ${lines.length} lines`] };
}

interface CutLimits {
  readonly maxItems: number;
  readonly maxChars: number;
}

function cutValue<T>(value: T, limits: CutLimits): Bounded<T> {
  const cut: string[] = [];
  const walk = (one: unknown, path: string): unknown => {
    if (typeof one === 'string') return cutText(one, limits.maxChars);
    if (Array.isArray(one)) {
      if (one.length > limits.maxItems) cut.push(`${path}: ${limits.maxItems} of ${one.length} shown`);
      return one.slice(0, limits.maxItems).map((item, at) => walk(item, `${path}[${at}]`));
    }
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, item]) => [key, walk(item, path ? `${path}.${key}` : key)]),
    );
  };
  // walk() keeps the shape: lists and texts only become shorter.
  const shorter = walk(value, '') as T;
  return { value: shorter, cut: cut.slice(0, 5) };
}

function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  // A pair of surrogates is never split.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}
