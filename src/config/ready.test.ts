// The forms of `--ready` on the command line.
import { expect, test } from 'vitest';
import { parseReadyCondition } from './ready.ts';

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
