// The fields of `limits` in obs.yaml that bound what the keeper takes and answers, made from the table of limits.
import { z } from 'zod';
import { formatBound, type Limit, type LimitName, limitNames, limitTable } from '../model/limits.ts';
import { durationField, sizeField } from './fields.ts';

const kinds: Readonly<Record<Limit['unit'], z.ZodType<number, string | number>>> = {
  bytes: sizeField.refine((bytes) => bytes > 0, 'more than nothing'),
  ms: durationField.refine((ms) => ms > 0, 'more than nothing'),
  count: z.number().int().min(1),
};

// Made from all names.
export const boundFields = Object.fromEntries(limitNames.map((name) => [name, makeField(name)])) as Record<
  LimitName,
  z.ZodDefault<z.ZodType<number, string | number>>
>;

function makeField(limit: LimitName) {
  const { name, unit, default: value, beyond }: Limit = limitTable[limit];
  return kinds[unit].default(value).describe(`${name}; default ${formatBound(limit, value)}; beyond: ${beyond}`);
}
