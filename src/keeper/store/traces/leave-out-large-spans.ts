// Spans with more attributes than one may have are left out before anything is logged.
import { type Bounds, describeLimit } from '../../../model/limits.ts';
import type { Span, TracesRequest } from '../../../wire/otlp/types.ts';

export interface SmallSpans {
  /** The very request that was given if nothing is left out. */
  readonly request: TracesRequest;
  readonly accepted: number;
  readonly rejected: number;
  readonly message: string;
}

/** What of an export is within the limit. */
export function leaveOutLargeSpans(request: TracesRequest, bounds: Bounds): SmallSpans {
  const isSmall = ({ attributes }: Span) => attributes.length <= bounds.spanAttributes;
  const total = count(request);
  const isWhole = request.every(({ scopes }) => scopes.every(({ items }) => items.every(isSmall)));
  if (isWhole) return { request, accepted: total, rejected: 0, message: '' };
  const kept = request.map((group) => ({
    ...group,
    scopes: group.scopes.map((scope) => ({ ...scope, items: scope.items.filter(isSmall) })),
  }));
  const accepted = count(kept);
  const rejected = total - accepted;
  const message = `${rejected} spans with too many attributes were left out (${describeLimit('spanAttributes', bounds)})`;
  return { request: kept, accepted, rejected, message };
}

function count(request: TracesRequest): number {
  return request.reduce((sum, { scopes }) => sum + scopes.reduce((n, { items }) => n + items.length, 0), 0);
}
