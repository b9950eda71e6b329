// Answers stay within their number of tokens, whatever is in them.
import { describe, expect, it } from 'vitest';
import { boundJson, boundText, countTokens } from './bound-answer.ts';

it('counts UTF-8 bytes by 3.5, rounded up', () => {
  expect([countTokens(''), countTokens('abcd'), countTokens('größe')]).toEqual([0, 2, 2]);
});

describe('boundJson', () => {
  it('leaves a small answer as it is', () => {
    const value = { rows: [1, 2, 3] };
    expect(boundJson(value, 100)).toEqual({ value, cut: [] });
  });

  it.each([
    { name: 'a long list', value: { rows: Array.from({ length: 9_999 }, (_, i) => ({ i, text: 'row' })) } },
    {
      name: 'lists in lists',
      value: { a: Array.from({ length: 99 }, () => ({ b: Array.from({ length: 99 }, () => 'x'.repeat(30)) })) },
    },
    { name: 'one long text', value: { text: 'ü'.repeat(100_000) } },
  ])('cuts $name to the limit', ({ value }) => {
    const bounded = boundJson(value, 1_000);
    expect(countTokens(JSON.stringify(bounded.value))).toBeLessThanOrEqual(1_000);
  });

  it('says which list was cut', () => {
    expect(boundJson({ rows: Array.from({ length: 999 }, () => 'some text') }, 1_000).cut).toEqual([
      'rows: 200 of 999 shown',
    ]);
  });

  it('never splits a pair of surrogates', () => {
    const { value } = boundJson({ text: `a${'😀'.repeat(10_000)}` }, 500);
    expect(value.text).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });
});

describe('boundText', () => {
  it('cuts at the end of a line and says how many are left', () => {
    const text = Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n');
    const bounded = boundText(text, 20, 'more');
    expect(bounded.value.split('\n').at(-1)).toBe('more');
    expect(countTokens(bounded.value)).toBeLessThanOrEqual(20);
    expect(bounded.cut).toEqual(['9 of 100 lines']);
  });
});
