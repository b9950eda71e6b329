// The forms of `--ready` on the command line.
import { expect, test } from 'vitest';
import { findReadyProblem, parseReadyCondition, readyField } from './ready.ts';

test.each([
  ['http:/healthz', { kind: 'http', target: '/healthz' }],
  ['http:http://127.0.0.1:1/x', { kind: 'http', target: 'http://127.0.0.1:1/x' }],
  ['port:PORT', { kind: 'port', port: 'PORT' }],
  ['log:up: yes', { kind: 'log-text', text: 'up: yes' }],
  ['log:/up \\d+/i', { kind: 'log-pattern', pattern: 'up \\d+', flags: 'i' }],
  ['exit', { kind: 'exit' }],
  ['none', { kind: 'none' }],
  ['https:/x', undefined],
  ['log:', undefined],
  ['toString:x', undefined],
])('--ready %s', (text, condition) => {
  expect(parseReadyCondition(text)).toEqual(condition);
});

test.each([
  [{ log: '/(/' }, 'It holds no regular expression: Unterminated group.'],
  [{ http: 'healthz' }, 'healthz is neither a path, which begins with /, nor a whole URL.'],
])('obs.yaml may not wait for %j', (ready, problem) => {
  const parsed = readyField.safeParse(ready);
  expect(parsed.error?.issues.map(({ message }) => message)).toEqual([problem]);
});

test('a condition that can come true has no problem', () => {
  const specs = ['http:/healthz', 'http:https://x/', 'log:(', 'log:/up \\d+/i', 'port:PORT', 'exit'];
  for (const spec of specs) expect(findReadyProblem(parseReadyCondition(spec) ?? { kind: 'none' })).toBeUndefined();
});
