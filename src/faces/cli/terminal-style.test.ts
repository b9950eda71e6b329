// When output is coloured and when it is plain and compact.
import { expect, it } from 'vitest';
import { chooseStyle, findAgentVariable } from './terminal-style.ts';

it.each([
  { name: 'a person at a terminal', isTty: true, env: {}, style: { colour: true, columns: 80, compact: false } },
  { name: 'NO_COLOR', isTty: true, env: { NO_COLOR: '1' }, style: { colour: false, columns: 80, compact: false } },
  {
    name: 'a dumb terminal',
    isTty: true,
    env: { TERM: 'dumb' },
    style: { colour: false, columns: 80, compact: false },
  },
  { name: 'a pipe', isTty: false, env: {}, style: { colour: false, columns: 80, compact: true } },
  { name: 'an agent', isTty: true, env: { CLAUDECODE: '1' }, style: { colour: false, columns: 80, compact: true } },
])('$name gets its style', ({ isTty, env, style }) => {
  expect(chooseStyle({ isTty, columns: 80, env })).toEqual(style);
});

it('an empty agent variable means nobody', () => {
  expect(findAgentVariable({ CLAUDECODE: '' })).toBeUndefined();
});
