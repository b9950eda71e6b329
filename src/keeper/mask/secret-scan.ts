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
/** A pair is its first byte and 256 times its second; bytes beyond ASCII are taken for others, and looked at in vain. */
const asciiPair = 0x7f7f;
const { meanings, sets } = makePairs();

/** Bytes and a view of the same bytes. */
export interface ViewedBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Looks for signs of secrets in the text `bytes[start … end)`. */
export function scanText({ bytes, view }: ViewedBytes, start: number, end: number): Scanned {
  const table = meanings;
  let high = 0;
  let at = start;
  // Four pairs a step. All places are inside the text, and the table has an element for each pair.
  for (const last = end - 8; at <= last; at += 8) {
    const a = view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    high |= a | b;
    const isPlain =
      (table[a & asciiPair]! |
        table[(a >>> 16) & asciiPair]! |
        table[b & asciiPair]! |
        table[(b >>> 16) & asciiPair]!) ===
      noPair;
    if (!isPlain && holdsSign(bytes, { from: at, to: at + 8 }, start, end)) return scanned.maybeSecret;
  }
  for (let i = at; i < end; i++) high |= bytes[i]!; // as above
  if (at < end && holdsSign(bytes, { from: at, to: end }, start, end)) return scanned.maybeSecret;
  return (high & 0x80808080) === 0 ? scanned.plain : scanned.notAscii;
}

/** Says only whether text is ASCII, in a third of the time. */
export function scanAscii({ bytes, view }: ViewedBytes, start: number, end: number): Scanned {
  let high = 0;
  let at = start;
  // All places are inside the text.
  for (const last = end - 8; at <= last; at += 8) high |= view.getInt32(at, true) | view.getInt32(at + 4, true);
  for (; at < end; at++) high |= bytes[at]!;
  return (high & 0x80808080) === 0 ? scanned.plain : scanned.notAscii;
}

/** Does a sign lie at one of the pairs `from … to` of a text? */
function holdsSign(bytes: Uint8Array, { from, to }: PairRange, start: number, end: number): boolean {
  for (let at = from; at < to; at += 2) {
    const second = at + 1 < end ? bytes[at + 1]! : 0; // inside the text
    const meaning = meanings[(bytes[at]! | (second << 8)) & asciiPair]!; // as above; the table has all pairs
    if (meaning === noPair) continue;
    if (meaning === digits ? isLongNumber(bytes, start, at, end) : isSign(meaning, bytes, start, at, end)) return true;
  }
  return false;
}

interface PairRange {
  readonly from: number;
  readonly to: number;
}

function isSign(meaning: number, bytes: Uint8Array, start: number, at: number, end: number): boolean {
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
  if (!hasFourDigits(bytes, at)) return false;
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

// Both bytes at `at` are digits. Bytes beyond the text may be looked at, which only makes it say yes more often.
function hasFourDigits(bytes: Uint8Array, at: number): boolean {
  const isBefore = isDigit(bytes[at - 1] ?? 0);
  if (!isDigit(bytes[at + 2] ?? 0)) return isBefore && isDigit(bytes[at - 2] ?? 0);
  return isBefore || isDigit(bytes[at + 3] ?? 0);
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
function makePairs(): { meanings: Uint8Array; sets: readonly (readonly Candidate[])[] } {
  const byPair = new Map<number, Candidate[]>();
  for (const sign of signs) {
    for (const offset of [sign.rarestAt, sign.rarestAt + 1]) {
      const [first, second] = [sign.bytes[offset] ?? 0, sign.bytes[offset + 1] ?? 0];
      for (const a of casesOf(first, sign.anyCase))
        for (const b of casesOf(second, sign.anyCase)) {
          const pair = a | (b << 8);
          byPair.set(pair, [...(byPair.get(pair) ?? []), { sign, offset }]);
        }
    }
  }
  const table = new Uint8Array(asciiPair + 1);
  const found: Candidate[][] = [];
  for (const [pair, candidates] of byPair) table[pair] = found.push(candidates) - 1 + firstSet;
  for (let a = digit0; a <= digit9; a++) for (let b = digit0; b <= digit9; b++) table[a | (b << 8)] = digits;
  return { meanings: table, sets: found };
}

function casesOf(byte: number, anyCase: boolean): readonly number[] {
  return anyCase && isLetter(byte) ? [byte | 0x20, byte & ~0x20] : [byte];
}
