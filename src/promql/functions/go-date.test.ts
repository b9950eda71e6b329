// Parts of dates, far beyond what Date of JavaScript holds.
import { expect, test } from 'vitest';
import { readDate } from './go-date.ts';

test.each([
  [0, { year: 1970, month: 1, day: 1, weekday: 4, yearDay: 1, daysInMonth: 31, hour: 0, minute: 0 }],
  [1_078_058_096, { year: 2004, month: 2, day: 29, weekday: 0, yearDay: 60, daysInMonth: 29, hour: 12, minute: 34 }],
  [-1, { year: 1969, month: 12, day: 31, weekday: 3, yearDay: 365, hour: 23, minute: 59 }],
  [-62_135_596_800, { year: 1, month: 1, day: 1, weekday: 1, yearDay: 1 }],
  [253_402_300_800, { year: 10_000, month: 1, day: 1, weekday: 6 }],
  // Beyond JavaScript's Date: Go's own answers.
  [1e13, { year: 318_857, month: 5, day: 20, hour: 17, minute: 46 }],
])('%d seconds', (seconds, parts) => {
  expect(readDate(seconds)).toMatchObject(parts);
});
