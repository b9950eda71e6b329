// Stands in for the version ranges of @opentelemetry/instrumentation. Nearly all that instrumentations name are of the form
// `>=1.2.0 <4`; deciding those without regular expressions saves each start the compiling of a dozen of them.
import { satisfies as satisfiesAny } from '@opentelemetry/instrumentation/build/src/semver.js';

const isMet: Readonly<Record<string, (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
};

/** Whether a version is within a range, as node-semver has it; `options` are for the forms that go the long way. */
export function satisfies(version: string, range: string, options?: { includePrerelease?: boolean }): boolean {
  const segments = readSegments(version);
  const comparators = range.split(' ').map(readComparator);
  if (segments?.length !== 3 || comparators.includes(undefined)) return satisfiesAny(version, range, options);
  return comparators.every((comparator) => comparator?.(segments));
}

/** Undefined for whatever takes more than comparing numbers. */
function readComparator(text: string): ((version: readonly number[]) => boolean) | undefined {
  const operator = text.startsWith('>=') ? '>=' : '<';
  const limit = text.startsWith(operator) ? readSegments(text.slice(operator.length)) : undefined;
  if (limit === undefined) return undefined;
  return (version) => isMet[operator]?.(compare(version, limit)) ?? false;
}

/** `4.19.2` as numbers; what is left out at the end counts as 0 in the two comparisons above. */
function readSegments(text: string): readonly number[] | undefined {
  const segments = text.split('.');
  const isPlain =
    segments.length <= 3 && segments.every((digits) => digits !== '' && String(Number(digits)) === digits);
  return isPlain ? segments.map(Number) : undefined;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, index) => number !== (other[index] ?? 0));
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
