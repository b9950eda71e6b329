// What keeps a LogQL query from holding up others, and ends it when its time is over or its client has gone.
import type { Breather } from '../../../logql/breathe.ts';
import { makeQueryTimer } from '../query-time.ts';
import type { LokiContext } from './context.ts';

const tooLate =
  'request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed';

/** A breather for one query, whose time begins now. */
export function makeBreather(
  { nowMs, bounds }: Pick<LokiContext, 'nowMs' | 'bounds'>,
  { signal }: { readonly signal: AbortSignal },
): Breather {
  return { nowMs, signal, failWhenLate: makeQueryTimer({ nowMs, bounds, status: 504, text: tooLate }) };
}
