// Secrets inside text: what each kind looks like, and the cheap sign without which its pattern is not tried.
// Text is hostile: no pattern may take more than linear time, so repetitions are bounded or begin at a boundary.
import { isCardNumber } from './card-number.ts';
import { maskedText } from './sensitive-key.ts';

export interface SecretPattern {
  readonly name: string;
  /** Text without it is not searched; a test without case for lower-case needles is `sign.test`. */
  readonly sign: RegExp;
  readonly mask: (text: string) => string;
}

const secretWord =
  '(?:pass(?:word|wd|phrase)|pwd|secret|secret[_-]?key|(?:api|account|access|private|sharedaccess)[_-]?key|token|credentials?)';
// What people write after `password:` in a sentence, and what stands for "none".
const harmlessValue =
  /^(?:null|undefined|none|nil|true|false|empty|missing|required|invalid|incorrect|wrong|expired|is|was|has|must|not|no|cannot|too|does|did|for|from|and|or|\*+|\[masked\]?|<[^>]*>|\$\{?\w+\}?)\W*$/i;

// What programs write behind `invalid password: `. Nobody's password is one of these, or it is in every list of those to try.
const messageWord =
  /^(?:expected|unexpected|mismatch|mismatched|length|field|fields|value|values|reset|resetting|change|changed|changing|update|updated|ok|okay|fail|failed|failure|error|errors|check|checking|checked|validation|validate|policy|user|users|login|log|attempt|attempts|hash|hashed|hashing|verify|verified|verifying|rejected|accepted|ignored|disabled|enabled|set|unset|provided|given|found|string|number|boolean|object|text|total|count|order|cart|checkout|request|requests|session|page|cache|hit|miss|retry|pool|worker|queue|price|author|old|new|same|different|unchanged|removed|hidden|redacted|masked|at|in|on|to|with|by|of|this|that|it|please|should|may|can|could|will|would|are|were|been|have|had|if|when|than|more|less|least|at|minimum|maximum|characters?)\W*$/i;

export const secretPatterns: readonly SecretPattern[] = [
  {
    name: 'private key',
    sign: /PRIVATE KEY-----/,
    mask: (text) =>
      text.replace(
        /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|$)/g,
        maskedText,
      ),
  },
  {
    name: 'password in an address',
    sign: /:\/\/[^\s/]*@/,
    mask: (text) => text.replace(/(:\/\/[^\s:@/?#"'<>]{0,256}):[^\s/?#"'<>]{1,1024}@/g, `$1:${maskedText}@`),
  },
  {
    name: 'authorization or cookie header',
    sign: /authorization|cookie/i,
    mask: (text) =>
      text.replace(
        /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,8}[:=]\s{0,8})("[^"\n]*"?|'[^'\n]*'?|[^"'\n}\]]+)/gi,
        (whole: string, name: string, between: string, value: string) =>
          value.trim().length < 4 || harmlessValue.test(value) ? whole : name + between + inQuotesOf(value),
      ),
  },
  {
    name: 'bearer or basic credentials',
    sign: /bearer |basic /i,
    mask: (text) =>
      text.replace(/\b(bearer|basic) {1,8}([\w.~+/=-]{8,8192})/gi, (whole: string, scheme: string, value: string) =>
        looksRandom(value) ? `${scheme} ${maskedText}` : whole,
      ),
  },
  {
    name: 'named secret',
    sign: /pass(?:w|phrase)|pwd|secret|key|token|credential/i,
    mask: maskNamedSecrets,
  },
  {
    name: 'token of a known make',
    sign: /AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|sk-|[sr]k_(?:live|test)_|xox[abeprs]-|AIza|npm_|ya29\.|eyJ|SG\.|hf_|dop_v1_|shpat_/,
    mask: (text) =>
      text.replace(
        /(?<![\w-])(?:(?:AKIA|ASIA)[0-9A-Z]{16}\b|gh[pousr]_\w{30,}|github_pat_\w{22,}|glpat-[\w-]{20,}|sk-[\w-]{20,}|[sr]k_(?:live|test)_\w{16,}|xox[abeprs]-[\w-]{10,}|AIza[\w-]{35}|npm_\w{36}|ya29\.[\w-]{20,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*|SG\.[\w-]{16,}\.[\w-]{16,}|hf_\w{30,}|dop_v1_\w{32,}|shpat_\w{32,})/g,
        maskedText,
      ),
  },
  {
    name: 'card number',
    sign: /\d{4}[ -]?\d{4}/,
    mask: (text) =>
      text.replace(/(?<![\w.-])\d(?:[ -]?\d){14,15}(?![\w-])/g, (digits) =>
        isCardNumber(digits) ? maskedText : digits,
      ),
  },
];

// A value in escaped quotes (JSON inside JSON), in double quotes, in single quotes, or up to what ends a word.
const secretValue = String.raw`\\"[^"\\\n]*\\"|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,;&"'}\])]+`;
const namedSecret = new RegExp(
  String.raw`(?<![\w-])((?:[\w-]{0,64}[._-])?${secretWord})(\\?["']?)(\s{0,8}[=:]\s{0,8})(${secretValue})`,
  'gi',
);

// `password=x`, `"apiKey": "x"`, `token: x1`. In prose (`token: unexpected`) only what looks random is taken for one.
function maskNamedSecrets(text: string): string {
  return text.replace(namedSecret, (whole: string, name: string, quote: string, between: string, value: string) => {
    const bare = value.replace(/^\\?["']|\\?["']$/g, '');
    if (bare === '' || harmlessValue.test(bare)) return whole;
    const isProse = quote === '' && bare === value && /\s$/.test(between);
    const isPassword = /pass|pwd/i.test(name);
    if (isProse && (isPassword ? messageWord.test(bare) : !looksRandom(bare))) return whole;
    return name + quote + between + inQuotesOf(value);
  });
}

/** The mask in the quotes that the value had. */
function inQuotesOf(value: string): string {
  const open = /^\\?["']/.exec(value)?.[0] ?? '';
  const close = open !== '' && value.length > open.length && value.endsWith(open) ? open : '';
  return open + maskedText + close;
}

// Words of a language have no digits in them, or are short; credentials are neither.
function looksRandom(value: string): boolean {
  return value.length >= 8 && (/\d/.test(value) || /[a-z][A-Z].*[a-z][A-Z]/.test(value) || /=$/.test(value));
}
