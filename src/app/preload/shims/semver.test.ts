// The short way through version ranges says what the long one says.
import { satisfies as satisfiesAny } from '@opentelemetry/instrumentation/build/src/semver.js';
import { expect, test } from 'vitest';
import { satisfies } from './semver.ts';

const versions = [
  '0.0.0',
  '0.9.12',
  '1.0.0',
  '3.34.9',
  '3.35.0',
  '4.0.0-beta.1',
  '4.0.1',
  '5.0.0-rc.1',
  '5.1.0',
  '10.3.1',
  'x',
  '',
];
/** All forms that instrumentations name, and some that none does. */
const ranges = [
  '*',
  '2',
  '<4',
  '^1.0.0',
  '^3.1.0',
  '>=3.35.0',
  '>=3.1.0 <3.35.0',
  '>=1.3 <4',
  '>=3 <5',
  '>= 4 < 6',
  '>=0.5.5  <3',
  '>=4.0.0 <5 || >=10',
  '>3 <=5',
  '~4.0.1',
  '1 - 4',
  '>=5.0.0-rc.1 <6',
  '>=01.0.0',
  '',
];
const cases = ranges.flatMap((range) => versions.map((version) => ({ range, version })));

test.each(cases)('"$version" in "$range" is judged as by node-semver', ({ version, range }) => {
  expect(satisfies(version, range)).toBe(satisfiesAny(version, range));
  const options = { includePrerelease: true };
  expect(satisfies(version, range, options)).toBe(satisfiesAny(version, range, options));
});
