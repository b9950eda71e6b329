// Cursors: where the next page of an answer begins. Opaque to who copies them; bound to their query by a checksum, so
// that a cursor of another query is refused instead of answered wrongly.
import { createHash } from 'node:crypto';
import { ObsError } from '../../errors/obs-error.ts';

/** Makes a cursor for a query from numbers that say where to go on. */
export function makeCursor(query: string, position: readonly (bigint | number)[]): string {
  return `${checksum(query)}.${position.map(String).join('.')}`;
}

/** The numbers of a cursor. @throws ObsError OBS_BAD_CURSOR */
export function readCursor(query: string, cursor: string, length: number): bigint[] {
  const [sum, ...position] = cursor.split('.');
  if (sum !== checksum(query) || position.length !== length || !position.every((one) => /^\d{1,40}$/.test(one)))
    throw new ObsError('OBS_BAD_CURSOR', { cursor });
  return position.map(BigInt);
}

function checksum(query: string): string {
  return createHash('sha256').update(query).digest('hex').slice(0, 8);
}
