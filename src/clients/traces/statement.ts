// What a database span asked its database.

import type { AttributeValue } from '../../wire/tempo/decode-attributes.ts';
import { printValue } from '../../wire/tempo/decode-attributes.ts';

/** Attributes that hold it: the stable semantic convention first, then the one before it. */
export const statementAttributes = ['db.query.text', 'db.statement'] as const;

/** The statement; null if the attributes are of no database span. */
export function findStatement(attributes: Readonly<Record<string, AttributeValue>>): string | null {
  for (const name of statementAttributes) {
    const value = attributes[name];
    // Tempo answers the text `nil` for a selected attribute that a span lacks.
    if (value !== undefined && value !== null && value !== 'nil') return printValue(value);
  }
  return null;
}
