// The cheapest question of the masker: could these bytes hold a secret at all? One look at every second pair of bytes, and
// a closer one where a pair occurs in the signs of secrets. It says "maybe" too often and "no" never wrongly: whatever
// `maskText` would change is a "maybe". A test holds the two against each other.

/** What a scan found. */
export const scanned = { plain: 0, notAscii: 1, maybeSecret: 2 } as const;
export type Scanned = (typeof scanned)[keyof typeof scanned];

/** A piece of text without which there is no secret of some kind. */
interface Sign {
  readonly bytes: Uint8Array;
  /** Where its rarest three bytes begin; only these are looked for. */
  readonly rarestAt: number;
  readonly anyCase: boolean;
  /** Looks on behind the sign; the default is to be content with it. */
  readonly follows?: (bytes: Uint8Array, from: number, end: number) => boolean;
}

const digit0 = 0x30;
const digit9 = 0x39;
/** Fewer digits are no card. */
const minCardDigits = 15;
const maxWordRest = 12;
const maxBlanks = 8;

// Written with the three bytes to look for in brackets.
const namedSigns = [
  'pa[ssw]',
  'pa[ssp]hrase',
  '[pwd]',
  'se[cre]t',
  '[key]',
  't[oke]n',
  'cr[ede]ntial',
  'autho[riz]ation',
  'co[oki]e',
]; // prettier-ignore
const wordSigns = ['bea[rer] ', 'ba[sic] '];
const tokenSigns = [
  'KE[Y--]',
  'A[KIA]',
  'A[SIA]',
  'g[hp_]',
  'g[ho_]',
  'g[hu_]',
  'g[hs_]',
  'g[hr_]',
  'githu[b_p]at_',
  'g[lpa]t-',
  '[sk-]',
  '[k_l]ive_',
  '[k_t]est_',
  '[xox]',
  'A[Iza]',
  'n[pm_]',
  '[ya2]9.',
  '[eyJ]',
  '[SG.]',
  '[hf_]',
  'do[p_v]1_',
  's[hpa]t_',
]; // prettier-ignore

const signs: readonly Sign[] = [
  ...namedSigns.map((text) => makeSign(text, { anyCase: true, follows: isAssigned })),
  ...wordSigns.map((text) => makeSign(text, { anyCase: true })),
  ...tokenSigns.map((text) => makeSign(text, { anyCase: false })),
  makeSign('[://]', { anyCase: false, follows: hasUserInfo }),
];

/** What a pair of bytes means: nothing, two digits, or from `firstSet` on a set of signs. */
const noPair = 0;
const digits = 1;
const firstSet = 2;
const { pairs, sets } = makePairs();

/** Looks for signs of secrets in text. */
export function scanText(bytes: Uint8Array, start: number, end: number): Scanned {
  const table = pairs;
  let high = 0;
  let at = start;
  // Two pairs a step. All places are inside the text, and the table has an element for each pair.
  for (const last = end - 3; at < last; at += 4) {
    const first = (bytes[at]! << 8) | bytes[at + 1]!;
    const second = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    high |= first | second;
    if ((table[first]! | table[second]!) === noPair) continue;
    if (isSign(table[first]!, bytes, start, at, end) || isSign(table[second]!, bytes, start, at + 2, end))
      return scanned.maybeSecret;
  }
  for (; at < end; at += 2) {
    const pair = (bytes[at]! << 8) | (at + 1 < end ? bytes[at + 1]! : 0);
    high |= pair;
    if (isSign(table[pair]!, bytes, start, at, end)) return scanned.maybeSecret;
  }
  return (high & 0x8080) === 0 ? scanned.plain : scanned.notAscii;
}

function isSign(meaning: number, bytes: Uint8Array, start: number, at: number, end: number): boolean {
  if (meaning === noPair) return false;
  if (meaning === digits) return isLongNumber(bytes, start, at, end);
  for (const { sign, offset } of sets[meaning - firstSet] ?? []) {
    const from = at - offset;
    const to = from + sign.bytes.length;
    if (from < start || to > end || !isAt(sign, bytes, from)) continue;
    if (sign.follows === undefined || sign.follows(bytes, to, end)) return true;
  }
  return false;
}

function isAt({ bytes: wanted, anyCase }: Sign, bytes: Uint8Array, from: number): boolean {
  // Setting this bit makes letters small, and takes some signs for others, which only makes it say "maybe" more often.
  const fold = anyCase ? 0x20 : 0;
  for (let i = 0; i < wanted.length; i++)
    if (((bytes[from + i] ?? 0) | fold) !== ((wanted[i] ?? 0) | fold)) return false;
  return true;
}

// `name = value`, `"name": value`: what stands between a secret's name and its value.
function isAssigned(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  const wordEnd = Math.min(end, at + maxWordRest);
  while (at < wordEnd && isLetter(bytes[at] ?? 0)) at++;
  if (bytes[at] === 0x5c) at++;
  if (bytes[at] === 0x22 || bytes[at] === 0x27) at++;
  for (let i = 0; i < maxBlanks && isBlank(bytes[at] ?? 0); i++) at++;
  if (at >= end) return false;
  const byte = bytes[at] ?? 0;
  // Blanks beyond ASCII count as blanks, too; they are too rare to be told apart here.
  return byte === 0x3d || byte === 0x3a || byte >= 0x80;
}

// `://user:password@`
function hasUserInfo(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x40) return true;
    if (byte === 0x2f || isBlank(byte)) return false;
  }
  return false;
}

// Digits with at most one blank or dash between them, counted from the pair outwards until there are enough.
function isLongNumber(bytes: Uint8Array, start: number, at: number, end: number): boolean {
  let count = 0;
  for (let i = at; i < end && count < minCardDigits; i++) {
    if (isDigit(bytes[i] ?? 0)) count++;
    else if (!isSeparator(bytes[i] ?? 0) || !isDigit(bytes[i - 1] ?? 0)) break;
  }
  for (let i = at - 1; i >= start && count < minCardDigits; i--) {
    if (isDigit(bytes[i] ?? 0)) count++;
    else if (!isSeparator(bytes[i] ?? 0) || !isDigit(bytes[i + 1] ?? 0)) break;
  }
  return count >= minCardDigits;
}

function isDigit(byte: number): boolean {
  return byte >= digit0 && byte <= digit9;
}

function isSeparator(byte: number): boolean {
  return byte === 0x20 || byte === 0x2d;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

function makeSign(text: string, of: Omit<Sign, 'bytes' | 'rarestAt'>): Sign {
  return { bytes: Buffer.from(text.replace(/[[\]]/g, ''), 'latin1'), rarestAt: text.indexOf('['), ...of };
}

interface Candidate {
  readonly sign: Sign;
  /** How far behind the beginning of the sign the pair stands. */
  readonly offset: number;
}

// Three bytes hold two pairs; whichever of them the scan falls upon leads to the sign.
function makePairs(): { pairs: Uint8Array; sets: readonly (readonly Candidate[])[] } {
  const byPair = new Map<number, Candidate[]>();
  for (const sign of signs) {
    for (const offset of [sign.rarestAt, sign.rarestAt + 1]) {
      const [first, second] = [sign.bytes[offset] ?? 0, sign.bytes[offset + 1] ?? 0];
      for (const a of casesOf(first, sign.anyCase))
        for (const b of casesOf(second, sign.anyCase)) {
          const pair = (a << 8) | b;
          byPair.set(pair, [...(byPair.get(pair) ?? []), { sign, offset }]);
        }
    }
  }
  const table = new Uint8Array(65_536);
  const found: Candidate[][] = [];
  for (const [pair, candidates] of byPair) table[pair] = found.push(candidates) - 1 + firstSet;
  for (let a = digit0; a <= digit9; a++) for (let b = digit0; b <= digit9; b++) table[(a << 8) | b] = digits;
  return { pairs: table, sets: found };
}

function casesOf(byte: number, anyCase: boolean): readonly number[] {
  return anyCase && isLetter(byte) ? [byte | 0x20, byte & ~0x20] : [byte];
}
