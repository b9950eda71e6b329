// References to environment variables inside of texts.
import { expect, test } from 'vitest';
import { fillVariables, listVariables } from './variables.ts';

const text = `Bearer \${TOKEN} \${_B2}\${TOKEN} $HOME \${no good} \${}`;

test('are listed once each; what only looks like one is text', () => {
  expect(listVariables([text, `\${LAST}`])).toEqual(['TOKEN', '_B2', 'LAST']);
});

test('are filled in; a name that is not set leaves nothing, and what was filled in is not read again', () => {
  expect(fillVariables(text, { TOKEN: `\${_B2}$&` })).toBe(`Bearer \${_B2}$& \${_B2}$& $HOME \${no good} \${}`);
});
