// What becomes of a page's policy.
import { expect, test } from 'vitest';
import { allowStack, readNonce } from './content-security.ts';

const origin = 'http://127.0.0.1:1';

test.each([
  ["default-src 'self'", `default-src 'self'; script-src 'self' ${origin}; connect-src 'self' ${origin}`],
  ["script-src 'nonce-a'", `script-src 'nonce-a' ${origin}`],
  ["script-src-elem 'self'; script-src 'none'", `script-src-elem 'self' ${origin}; script-src ${origin}`],
  ["connect-src 'none'; img-src a", `connect-src ${origin}; img-src a`],
  ["img-src 'self'; upgrade-insecure-requests", "img-src 'self'; upgrade-insecure-requests"],
  ['default-src *', 'default-src *'],
  ['script-src a, script-src b', `script-src a ${origin}, script-src b ${origin}`],
  ['', ''],
])('%s', (policy, expected) => {
  expect(allowStack(policy, origin)).toBe(expected);
});

test('the nonce is found wherever it stands', () => {
  expect(readNonce("default-src 'self'; script-src 'strict-dynamic' 'nonce-q+/=1'")).toBe('q+/=1');
  expect(readNonce("default-src 'self'")).toBeUndefined();
});
