// Which route answers, and how unknown paths and methods are told apart.
import { expect, test } from 'vitest';
import { HttpRefusal } from './refusal.ts';
import { makeRouter } from './router.ts';
import type { Route } from './types.ts';

const route = (method: Route['method'], path: string): Route => ({
  method,
  path,
  handler: () => ({ status: 200, body: '' }),
});
const find = makeRouter([
  route('GET', '/api/v1/labels'),
  route('POST', '/api/v1/labels'),
  route('GET', '/api/v1/label/:name/values'),
  route('GET', '/api/traces/:id'),
  route('PUT', '/obs/runs/:runId'),
]);

test.each([
  ['GET', '/api/v1/labels', '/api/v1/labels', {}],
  ['HEAD', '/api/v1/labels', '/api/v1/labels', {}],
  ['POST', '/api/v1/labels', '/api/v1/labels', {}],
  ['GET', '/api/v1/label/a%20b%2Fc/values', '/api/v1/label/:name/values', { name: 'a b/c' }],
  ['GET', '/api/traces/ff', '/api/traces/:id', { id: 'ff' }],
  ['PUT', '/obs/runs/r-1', '/obs/runs/:runId', { runId: 'r-1' }],
])('%s %s is answered by %s', (method, path, expected, params) => {
  const found = find(method, path);
  expect([found?.route.path, found?.params]).toEqual([expected, params]);
});

test.each(['/nothing', '/api/v1/label//values', '/api/v1/label/a/b/values', '/api/v1/labels/'])(
  'GET %s is nobody’s path',
  (path) => {
    expect(find('GET', path)).toBeUndefined();
  },
);

test.each([
  ['DELETE', '/api/v1/labels', 405],
  ['GET', '/obs/runs/r-1', 405],
  ['GET', '/api/traces/%zz', 400],
])('%s %s is refused with %i', (method, path, status) => {
  expect(() => find(method, path)).toThrow(HttpRefusal);
  expect(() => find(method, path)).toThrow(expect.objectContaining({ status }));
});

test('a refused method is told which ones there are', () => {
  expect(() => find('DELETE', '/api/v1/labels')).toThrow(expect.objectContaining({ headers: { allow: 'GET, POST' } }));
});
