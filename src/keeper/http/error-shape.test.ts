// Each API says no in its own form.
import { expect, test } from 'vitest';
import { QueryError } from '../../errors/query-error.ts';
import { controlError, describeFailure, plainTextError, prometheusError } from './error-shape.ts';
import { HttpRefusal } from './refusal.ts';

const failure = {
  status: 400,
  message: 'bad "x"',
  errorType: undefined,
  headers: { allow: 'GET' },
  contentType: undefined,
};

test('Loki and Tempo answer with text', () => {
  expect(plainTextError(failure)).toMatchObject({ status: 400, body: 'bad "x"\n', headers: { allow: 'GET' } });
});

test.each([
  [400, undefined, 'bad_data'],
  [422, undefined, 'execution'],
  [422, 'timeout', 'timeout'],
  [418, undefined, 'internal'],
])('Prometheus answers %i with the type of error', (status, errorType, expected) => {
  const { body } = prometheusError({ ...failure, status, errorType });
  expect(JSON.parse(String(body))).toEqual({ status: 'error', errorType: expected, error: 'bad "x"' });
});

test("Prometheus's router answers in text", () => {
  expect(prometheusError({ ...failure, status: 404 }).body).toBe('bad "x"\n');
});

test('the control interface answers with JSON', () => {
  expect(JSON.parse(String(controlError(failure).body))).toEqual({ error: { status: 400, message: 'bad "x"' } });
});

const query = { language: 'promql', kind: 'syntax', message: 'ours' } as const;

test.each([
  [new HttpRefusal(413, 'large', { headers: { a: 'b' } }), { status: 413, message: 'large', headers: { a: 'b' } }],
  [new QueryError(query), { status: 400, message: 'ours', errorType: 'bad_data' }],
  [new QueryError({ ...query, serverText: 'theirs', httpStatus: 500 }), { status: 500, message: 'theirs' }],
  [new QueryError({ ...query, kind: 'unsupported' }), { status: 422, errorType: 'bad_data' }],
  [new QueryError({ ...query, kind: 'execution' }), { status: 422, errorType: 'execution' }],
])('%s has a status and a message', (error, expected) => {
  expect(describeFailure(error)).toMatchObject(expected);
});

test('anything else is a bug', () => {
  expect(describeFailure(new TypeError('x'))).toBeUndefined();
});
