// Kinds of values that several parts of obs.yaml share.
import { z } from 'zod';
import { parseDurationMs, parseSizeBytes } from '../std/quantity.ts';

/** `800ms`, `1m30s`, `12h`: milliseconds once parsed. */
export const durationField = z
  .string()
  .regex(/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/, 'a duration such as 800ms, 60s or 12h')
  // The pattern admits only what the parser takes.
  .transform((text) => parseDurationMs(text) as number);

/** `256MB`, `1GiB`: bytes once parsed. */
export const sizeField = z
  .string()
  .regex(/^\d+(?:\.\d+)?\s*[kmgKMG]?i?[bB]$/, 'a size such as 256MB or 1GiB')
  // The pattern admits only what the parser takes.
  .transform((text) => parseSizeBytes(text) as number);

/** YAML reads `8080` and `true` as number and boolean; environments hold text. */
export const environmentField = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of letters, digits and _'),
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
);

/** Names of apps and journeys: usable in budgets, flags and file names without quotes. */
export const nameField = z.string().regex(/^[A-Za-z][\w.-]*$/, 'a name of letters, digits, . _ and -');

export const portField = z.number().int().min(1).max(65_535);

/** One text or a list of them. */
export const oneOrManyField = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));
