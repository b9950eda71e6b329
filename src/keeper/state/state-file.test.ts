// Records of runs and journeys in the state file.
import { expect, test } from 'vitest';
import { maxRecords, upsert } from './state-file.ts';

const record = (id: string, endedAtMs: number | null) => ({ id, endedAtMs });
const put = (records: ReturnType<typeof record>[], one: ReturnType<typeof record>) =>
  upsert(records, one, ({ id }) => id);

test('a record takes the place of the one with its id', () => {
  expect(put([record('a', null), record('b', null)], record('a', 5))).toEqual([record('a', 5), record('b', null)]);
});

test('a new record comes last', () => {
  expect(put([record('a', null)], record('b', null)).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('beyond the limit the oldest ended records go; those still running stay', () => {
  const full = [record('running', null), ...Array.from({ length: maxRecords - 1 }, (_, i) => record(`r${i}`, i))];
  const next = put(full, record('new', null));
  expect(next).toHaveLength(maxRecords);
  expect(next.slice(0, 2).map(({ id }) => id)).toEqual(['running', 'r1']);
});
