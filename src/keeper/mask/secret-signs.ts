// The signs of secrets as bytes: pieces of text without which there is no secret of some kind. The patterns of
// std/secrets are what finally counts; a test holds the two against each other.

export interface Sign {
  readonly bytes: Uint8Array;
  /** Where the three bytes begin that are looked for. */
  readonly windowAt: number;
  readonly anyCase: boolean;
  /** Looks on behind the sign; the default is to be content with it. */
  readonly follows?: (bytes: Uint8Array, from: number, end: number) => boolean;
}

/** So many bytes of a sign are looked for. */
export const windowBytes = 3;

const maxWordRest = 12;
const maxBlanks = 8;

// Written with the three bytes to look for, which are its rarest, in brackets.
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

export const signs: readonly Sign[] = [
  ...namedSigns.map((text) => makeSign(text, { anyCase: true, follows: isAssigned })),
  ...wordSigns.map((text) => makeSign(text, { anyCase: true })),
  ...tokenSigns.map((text) => makeSign(text, { anyCase: false })),
  makeSign('[://]', { anyCase: false, follows: hasUserInfo }),
];

/** Signs by the first byte of their windows. */
export const signsByFirstByte: readonly (readonly Sign[])[] = Array.from({ length: 256 }, (_, byte) =>
  signs.filter(({ bytes, windowAt, anyCase }) => {
    const first = bytes[windowAt] ?? 0;
    return first === byte || (anyCase && isLetter(first) && (first ^ 0x20) === byte);
  }),
);

function makeSign(text: string, of: Omit<Sign, 'bytes' | 'windowAt'>): Sign {
  return { bytes: Buffer.from(text.replace(/[[\]]/g, ''), 'latin1'), windowAt: text.indexOf('['), ...of };
}

/** Does the sign stand in the text `bytes[start … end)` with its window at `at`? */
export function isSignAt(sign: Sign, bytes: Uint8Array, { start, at, end }: PlaceInText): boolean {
  const from = at - sign.windowAt;
  const to = from + sign.bytes.length;
  if (from < start || to > end || !isSame(sign, bytes, from)) return false;
  return sign.follows === undefined || sign.follows(bytes, to, end);
}

export interface PlaceInText {
  readonly start: number;
  readonly at: number;
  readonly end: number;
}

function isSame({ bytes: wanted, anyCase }: Sign, bytes: Uint8Array, from: number): boolean {
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

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}
