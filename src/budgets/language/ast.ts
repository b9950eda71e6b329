// What a budget says, after parsing. Places (`at`) are offsets into the budget's text, in UTF-16 units, end exclusive.

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A text taken as it stands, and where it stood. */
export interface Located {
  readonly text: string;
  readonly at: Place;
}

export const comparisons = ['<', '<=', '>', '>=', '==', '!='] as const;
export type Comparison = (typeof comparisons)[number];

export type Statistic =
  | { readonly kind: 'percentile'; readonly rank: number }
  | { readonly kind: 'max' | 'min' | 'avg' | 'count' | 'rate' };

export const thingNames = ['startup', 'span', 'journey', 'errors', 'rss', 'cpu', 'eventloop'] as const;
export type ThingName = (typeof thingNames)[number];

export interface Thing {
  readonly kind: ThingName;
  /** Name of the span; null for every span, and for other things. */
  readonly name: string | null;
  /** TraceQL span filter, braces included. */
  readonly where: Located | null;
}

/** Which journeys: by name, or all that carry a tag. */
export type JourneyScope =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'tag'; readonly tag: string };

export interface Scope {
  readonly app: string | null;
  readonly journeys: JourneyScope | null;
}

export type Signal = 'logs' | 'metric' | 'traces';

export type Subject =
  | { readonly kind: 'noSpan'; readonly scope: Scope; readonly where: Located | null }
  | { readonly kind: 'thing'; readonly statistic: Statistic | null; readonly thing: Thing; readonly scope: Scope }
  | { readonly kind: 'query'; readonly signal: Signal; readonly query: Located };

export interface Quantity {
  readonly value: number;
  /** As written (`ms`, `MB`, `%`); '' if there is none. */
  readonly unit: string;
}

export type Limit =
  | { readonly kind: 'quantity'; readonly quantity: Quantity }
  | { readonly kind: 'baseline'; readonly percent: number | null; readonly plus: Quantity | null };

export const perNames = ['trace', 'iteration', 's'] as const;
export type Per = (typeof perNames)[number];

export const overNames = ['runs', 'iterations', 'samples'] as const;

export interface Over {
  readonly count: number;
  readonly of: (typeof overNames)[number];
}

export interface Budget {
  readonly subject: Subject;
  readonly comparison: Comparison;
  readonly limit: Limit;
  readonly limitAt: Place;
  readonly per: Per | null;
  readonly over: Over | null;
}
