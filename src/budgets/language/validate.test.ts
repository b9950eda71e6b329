// Budgets that are in the grammar and mean nothing: each is refused with the reason, some with the mend.
import { describe, expect, it } from 'vitest';
import { ObsError } from '../../errors/obs-error.ts';
import { declareBudget, splitArguments } from '../declared.ts';

const declare = (text: string) => declareBudget({ text, origin: { kind: 'argument', source: 'argument 1' } });

describe('a budget without meaning', () => {
  it.each([
    { text: 'startup < 800', says: /the limit needs a unit, such as 800ms/, fix: "obs check 'startup < 800ms'" },
    { text: 'no span > 2', says: /needs a unit/, fix: "obs check 'no span > 2s'" },
    { text: 'startup < 300MB', says: /MB does not measure that; it takes a time/ },
    { text: 'rss < 2s', says: /s does not measure that; it takes a size/ },
    { text: 'count(span) < 2s', says: /takes a plain number/ },
    { text: 'errors < 2s', says: /a plain number or a share/ },
    { text: 'traces {} < 5ms', says: /takes a plain number/ },
    { text: 'p95(errors) < 1', says: /errors are counted/ },
    { text: 'rate(startup) < 1', says: /rate\(…\) is for span and errors/ },
    { text: 'startup in journey x < 1s', says: /does not happen in a journey/ },
    { text: 'journey of web < 1s', says: /belongs to no app/ },
    { text: 'startup < 1s per trace', says: /something that is counted/ },
    { text: 'count(span) < 1 per iteration', says: /only journeys have iterations/ },
    { text: 'span < 1s over 5 iterations', says: /only journeys have iterations/ },
    { text: 'logs {a="b"} < 1 per trace', says: /can be counted per s/ },
    { text: 'logs {a="b"} | = "x" < 1', says: /expected/ },
    { text: 'metric sum(( < 1', says: /has no comparison/ },
    { text: 'metric sum(a b) < 1', says: /unexpected/ },
    { text: 'traces {name = } < 1', says: /unexpected/ },
    { text: 'span {name = } < 1s', says: /1:14/ },
  ])('is refused: $text', ({ text, says, fix }) => {
    const refuse = () => declare(text);
    expect(refuse).toThrow(ObsError);
    expect(refuse).toThrow(says);
    if (fix !== undefined) expect(refuse).toThrow(expect.objectContaining({ fix }));
  });

  it.each(['startup < 0', 'cpu < 0.5', 'cpu < 50%', 'rss < 0', 'logs sum(rate({a="b"}[1m])) < 5ms', 'metric a < 1%'])(
    'is not what this is: %s',
    (text) => {
      expect(declare(text).text).toBe(text);
    },
  );
});

describe('words of a command line', () => {
  it.each([
    { name: 'one budget', words: ['startup < 1s'], texts: ['startup < 1s'] },
    { name: 'two budgets', words: ['startup < 1s', 'errors == 0'], texts: ['startup < 1s', 'errors == 0'] },
    { name: 'two without blanks', words: ['startup<1s', 'errors==0'], texts: ['startup<1s', 'errors==0'] },
    { name: 'one, split', words: ['startup', 'under', '800ms'], texts: ['startup under 800ms'] },
    { name: 'one, split, that lost its comparison', words: ['no', 'span'], texts: ['no span'] },
    {
      name: 'one, split, with a name that was quoted',
      words: ['span', 'GET /', 'under', '1s'],
      texts: ['span "GET /" under 1s'],
    },
    { name: 'a whole one and a rest', words: ['startup under 1s', 'errors'], texts: ['startup under 1s', 'errors'] },
  ])('are $name', ({ words, texts }) => {
    expect(splitArguments(words)).toEqual(texts);
  });
});
