// Operators on values: which go together, what comes out, and Tempo's oddities.
import { describe, expect, it } from 'vitest';
import { applyBinary, applyUnary, makeComparison, type RegexCache } from './operators.ts';
import { parseTraceql } from './parser.ts';
import type { Static } from './values.ts';

const regexes: RegexCache = new Map();
const ints = (...value: number[]): Static => ({ type: 'ints', value });
const strings = (...value: string[]): Static => ({ type: 'strings', value });

/** The value of a literal as TraceQL writes it. */
function literal(text: string): Static {
  const [filter] = parseTraceql(`{ .a = ${text} }`).pipeline.elements;
  if (filter?.type === 'filter' && filter.expression.type === 'binary' && filter.expression.right.type === 'static')
    return filter.expression.right.value;
  throw new Error(`${text} is no literal`);
}

describe('binary operators', () => {
  it.each([
    ['1', '=', '1', true],
    ['1', '=', '1.0', true],
    ['1', '!=', '2', true],
    ['1', '<', '1.5', true],
    ['2', '>=', '2', true],
    ['1s', '=', '1000000000', true],
    ['1s', '>', '999ms', true],
    ['"a"', '<', '"b"', true],
    ['"a"', '=', '1', false],
    ['"1"', '!=', '1', false],
    ['true', '=', 'true', true],
    ['true', '>', 'false', false],
    ['error', '=', 'error', true],
    ['error', '!=', 'ok', true],
    ['server', '=', 'error', false],
    ['"abc"', '=~', '"a.c"', true],
    ['"abc"', '=~', '"b"', false],
    ['"abc"', '!~', '"b"', true],
    ['true', '&&', 'false', false],
    ['true', '||', 'false', true],
    ['9223372036854775807', '>', '9223372036854775806', true],
  ] as const)('%s %s %s is %s', (left, op, right, expected) => {
    expect(applyBinary(op, literal(left), literal(right), regexes)).toEqual({ type: 'boolean', value: expected });
  });

  it.each([
    ['1', '+', '2', '3'],
    ['5', '/', '2', '2'],
    ['5.0', '/', '2', '2.5'],
    ['5', '%', '3', '2'],
    ['9223372036854775807', '+', '1', '-9223372036854775808'],
  ] as const)('%s %s %s is %s', (left, op, right, expected) => {
    const result = applyBinary(op, literal(left), literal(right), regexes);
    expect(String('value' in result && result.value)).toBe(expected);
  });

  it('takes powers of whole numbers the wrong way round, as Tempo does', () => {
    expect(applyBinary('^', literal('2'), literal('10'), regexes)).toEqual({ type: 'int', value: 100 });
  });

  it('lets any element of a list match, except for negations, where all must', () => {
    const list = ints(1, 2);
    const two = literal('2');
    expect(applyBinary('=', list, two, regexes)).toMatchObject({ value: true });
    expect(applyBinary('!=', list, two, regexes)).toMatchObject({ value: false });
    expect(applyBinary('>', list, literal('1'), regexes)).toMatchObject({ value: true });
    expect(applyBinary('=~', strings('ab', 'c'), literal('"a."'), regexes)).toMatchObject({ value: true });
    expect(applyBinary('!~', strings('ab', 'c'), literal('"a."'), regexes)).toMatchObject({ value: false });
  });

  it.each([
    ['/', 'division by zero'],
    ['%', 'modulo by zero'],
  ] as const)('%s by zero fails', (op, message) => {
    expect(() => applyBinary(op, literal('1'), literal('0'), regexes)).toThrow(message);
  });

  it('fails to calculate with lists', () => {
    expect(() => applyBinary('+', ints(1), literal('1'), regexes)).toThrow('unsupported operation');
  });
});

describe('unary operators', () => {
  const describeIt = () => '-.a';

  it('negate numbers and booleans', () => {
    expect(applyUnary('-', literal('1'), describeIt)).toEqual({ type: 'int', value: -1 });
    expect(applyUnary('-', literal('1s'), describeIt)).toEqual({ type: 'duration', value: -1e9 });
    expect(applyUnary('!', literal('true'), describeIt)).toEqual({ type: 'boolean', value: false });
  });

  it('fail on anything else, naming the expression', () => {
    expect(() => applyUnary('-', literal('"x"'), describeIt)).toThrow(
      'expression (-.a) expected a numeric, but got TypeString',
    );
  });
});

describe('a comparison made for many values', () => {
  const values = ['1', '2', '1.5', '"a"', '"b"', 'true', '1s', 'error'].map(literal);
  const lists: Static[] = [{ type: 'nil' }, ints(1, 2), strings('a', 'b')];
  const operands = ['1', '1.5', '"a"', 'true', '1s', 'error'].map(literal);

  it.each(['=', '!=', '<', '<=', '>', '>='] as const)('gives the same answers as the operator %s', (op) => {
    for (const operand of operands) {
      const test = makeComparison(op, operand, regexes);
      for (const value of [...values, ...lists]) {
        const { value: expected } = applyBinary(op, value, operand, regexes) as { value: unknown };
        expect([value, op, operand, test(value)]).toEqual([value, op, operand, expected]);
      }
    }
  });
});
