// What counts as a secret for one stack: the rules that hold for all, and those that its obs.yaml adds (`redact`).
import type { Redaction } from '../../model/stack-state.ts';
import { compileRe2 } from '../../std/re2.ts';
import { maskText } from '../../std/secrets/mask-text.ts';
import { makeKeyTest, maskedText } from '../../std/secrets/sensitive-key.ts';

export interface MaskRules {
  /** The text with secrets replaced; the very same string when there are none. */
  readonly maskText: (text: string) => string;
  /** Whether text under this name is secret whatever it looks like. */
  readonly isSensitive: (key: string) => boolean;
  /** Whether obs.yaml lists this name: then numbers and all else under it are secret, too. */
  readonly isListed: (key: string) => boolean;
  /** False when obs.yaml adds nothing: then what is built in (the scan of bytes, too) is all there is. */
  readonly areExtended: boolean;
  /** obs.yaml switches masking off: nothing is ever changed. */
  readonly areOff: boolean;
}

type MaskText = MaskRules['maskText'];

const standardRules: Omit<MaskRules, 'isSensitive'> = {
  maskText,
  isListed: () => false,
  areExtended: false,
  areOff: false,
};
const noRules: MaskRules = {
  maskText: (text) => text,
  isSensitive: () => false,
  isListed: () => false,
  areExtended: false,
  areOff: true,
};

/** The rules of a stack; null is `redact` left out of obs.yaml. @throws Re2SyntaxError */
export function makeMaskRules(redact: Redaction | null): MaskRules {
  const isSensitive = makeKeyTest();
  if (redact === null) return { ...standardRules, isSensitive };
  const { enabled, keys, patterns, emails } = redact;
  if (!enabled) return noRules;
  const steps: MaskText[] = patterns.map((pattern) => makePatternMask(pattern));
  if (keys.length > 0) steps.push(makeListedFieldMask(keys));
  if (emails) steps.push((text) => (text.includes('@') ? text.replace(mailAddress, maskedText) : text));
  if (steps.length === 0) return { ...standardRules, isSensitive };
  const isListed = makeListTest(keys);
  return {
    maskText: (text) => steps.reduce((masked, step) => step(masked), maskText(text)),
    isSensitive: (key) => isListed(key) || isSensitive(key),
    isListed,
    areExtended: true,
    areOff: false,
  };
}

// Bounded repetitions behind a boundary: linear whatever the text.
const mailAddress = /(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,63}/gi;

function makePatternMask(pattern: string): MaskText {
  const compiled = compileRe2(pattern);
  return (text) => (compiled.test(text) ? compiled.replaceAll(text, maskedText) : text);
}

// `ssn=1`, `"ssn": "1"`, `"user_ssn":1`: obs.yaml says that these are secret, so no value is taken for harmless.
function makeListedFieldMask(keys: readonly string[]): MaskText {
  const names = keys.map(escapeForRegExp).join('|');
  const value = String.raw`\\"[^"\\\n]*\\"|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,;&"'}\])]+`;
  const field = new RegExp(
    String.raw`(?<![\w-])((?:[\w-]{0,64}[._-])?(?:${names}))(\\?["']?\s{0,8}[=:]\s{0,8})(${value})`,
    'gi',
  );
  return (text) =>
    text.replace(field, (_whole, name: string, between: string, found: string) => {
      const quote = /^\\?["']/.exec(found)?.[0] ?? '';
      return name + between + quote + maskedText + quote;
    });
}

// A name is listed as it stands, or as the last part of a longer one: `ssn` is also `user.ssn` and `userSsn`.
function makeListTest(keys: readonly string[]): (key: string) => boolean {
  if (keys.length === 0) return () => false;
  const listed = new RegExp(
    `(?:^|[._\\-\\s/])(?:${keys.map((key) => escapeForRegExp(splitCamel(key))).join('|')})$`,
    'i',
  );
  return (key) => key.length <= 256 && listed.test(splitCamel(key));
}

const splitCamel = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

const escapeForRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
