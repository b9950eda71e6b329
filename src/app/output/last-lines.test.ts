// What of an app's output may stand in an error.
import { expect, test } from 'vitest';
import { LastLines } from './last-lines.ts';

test('the last lines are told without their secrets, those of several lines too', () => {
  const lines = new LastLines();
  for (const line of [
    'starting',
    '',
    'DB_PASSWORD=hunter22',
    '-----BEGIN PRIVATE KEY-----',
    'MIIEvQ',
    '-----END PRIVATE KEY-----',
    'gone',
  ])
    lines.push(line);
  expect(lines.get()).toEqual(['starting', 'DB_PASSWORD=[masked]', '[masked]', 'gone']);
});

test('no line is no line', () => {
  expect(new LastLines().get()).toEqual([]);
});
