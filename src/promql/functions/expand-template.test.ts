// Templates of label_replace, expanded as Go expands them.
import { expect, test } from 'vitest';
import { expandTemplate } from './expand-template.ts';

// As Go's regexp.Expand.
test.each([
  ['$1-$2', 'x-y'],
  ['$' + '{1}0', 'x0'],
  ['$10', ''],
  ['$name', 'y'],
  ['$' + '{name}s', 'ys'],
  ['$names', ''],
  ['$$1', '$1'],
  ['a$', 'a$'],
  ['${', '${'],
  ['$0', 'xy'],
])('%s becomes %j', (template, text) => {
  expect(expandTemplate(template, ['xy', 'x', 'y'], ['', '', 'name'])).toBe(text);
});
