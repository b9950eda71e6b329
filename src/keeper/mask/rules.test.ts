// What `redact` of obs.yaml adds to the masking, and what it takes away.
import { expect, test } from 'vitest';
import type { Redaction } from '../../model/stack-state.ts';
import { decodeJson, toJsonValue } from '../../wire/otlp/request.ts';
import { makeMasker } from './mask-request.ts';
import { makeMaskRules } from './rules.ts';

const standard: Redaction = { enabled: true, keys: [], patterns: [], emails: false };

const cases: { name: string; redact: Partial<Redaction>; text: string; masked: string }[] = [
  { name: 'a pattern', redact: { patterns: ['cust-[0-9]+'] }, text: 'for cust-17, x', masked: 'for [masked], x' },
  { name: 'a listed field', redact: { keys: ['ssn'] }, text: 'ssn=078-05 ok', masked: 'ssn=[masked] ok' },
  {
    name: 'a listed field in JSON',
    redact: { keys: ['ssn'] },
    text: '{"ssn":"1 2","n":3}',
    masked: '{"ssn":"[masked]","n":3}',
  },
  {
    name: 'a listed number in JSON',
    redact: { keys: ['ssn'] },
    text: '{"user_ssn":12,"n":3}',
    masked: '{"user_ssn":[masked],"n":3}',
  },
  {
    name: 'a listed field with signs of regular expressions',
    redact: { keys: ['a.b(c'] },
    text: 'a.b(c=1 axb(c=1',
    masked: 'a.b(c=[masked] axb(c=1',
  },
  { name: 'mail addresses', redact: { emails: true }, text: '<ann.b+c@mail.example.test> in', masked: '<[masked]> in' },
  {
    name: 'what is built in, beside a pattern',
    redact: { patterns: ['x9'] },
    text: 'x9 password=hunter2',
    masked: '[masked] password=[masked]',
  },
  {
    name: 'nothing when masking is off',
    redact: { enabled: false },
    text: 'password=hunter2',
    masked: 'password=hunter2',
  },
];

test.each(cases)('$name is masked as obs.yaml says', ({ redact, text, masked }) => {
  expect(makeMaskRules({ ...standard, ...redact }).maskText(text)).toBe(masked);
});

test.each([
  ['ssn', true],
  ['user.ssn', true],
  ['userSsn', true],
  ['ssn_hash', false],
  ['lessn', false],
])('with ssn listed, the name %s is secret: %s', (key, expected) => {
  expect(makeMaskRules({ ...standard, keys: ['ssn'] }).isSensitive(key)).toBe(expected);
});

test('numbers under a listed name are masked, too', () => {
  const masker = makeMasker({ ...standard, keys: ['ssn'] });
  const decode = (value: object) =>
    decodeJson(
      'logs',
      Buffer.from(
        JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: [{ key: 'ssn', value }] }] }] }] }),
      ),
    );
  const masked = masker.maskExport('logs', decode({ intValue: '78051120' }));
  expect(toJsonValue('logs', masked)).toEqual(toJsonValue('logs', decode({ stringValue: '[masked]' })));
});

test('rules that obs.yaml does not extend leave exports to be judged by their bytes', () => {
  expect(makeMasker(null).hasOwnRules).toBe(false);
  expect(makeMasker(standard).hasOwnRules).toBe(false);
  expect(makeMasker({ ...standard, emails: true }).hasOwnRules).toBe(true);
  expect(makeMasker({ ...standard, enabled: false }).hasOwnRules).toBe(false);
  expect(makeMasker({ ...standard, enabled: false }).isOff).toBe(true);
});

test.each([
  ['mail addresses', { emails: true }, `${'a.'.repeat(50_000)}@${'b.'.repeat(50_000)}`],
  ['listed fields', { keys: ['ssn'] }, 'ssn-'.repeat(50_000)],
  ['listed fields in open quotes', { keys: ['ssn'] }, 'ssn="'.repeat(40_000)],
])('hostile text does not hold up the masking of %s', (_, redact, text) => {
  // Quadratic patterns take minutes here and end in the time-out of the test.
  expect(typeof makeMaskRules({ ...standard, ...redact }).maskText(text)).toBe('string');
});
