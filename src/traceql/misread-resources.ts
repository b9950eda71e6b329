// Which resources Tempo 3.0 misreads under `{ resource.x = nil }`. Where its iterator over missing attributes is asked to
// skip ahead, the value of the first resource it finds is taken for another one, and its spans fall out of the answer. So
// the answer depends on what is skipped: traces stand in the order of their ids, and a window is searched in three parts.
import type * as ast from './ast.ts';
import type { Condition, FetchRequest } from './conditions.ts';
import { findAttribute } from './fields.ts';
import type { RegexCache } from './operators.ts';
import type { TraceSource } from './source.ts';
import { FetchView } from './view.ts';
import { dedicatedResourceColumns } from './visibility.ts';
import { touchesWindow, type Window } from './window.ts';

const windowParts = 3;
const shortestPartSec = 60;

/** A resource of a trace. */
interface Owner {
  readonly trace: number;
  readonly resource: number;
  /** Place in the order of trace ids, and of first spans within a trace. */
  readonly rank: number;
  /** Place of the trace among the traces. */
  readonly place: number;
}

/** A test for spans that Tempo loses so; undefined if the query is none that it misreads. */
export function findMisread(
  { conditions, allConditions }: FetchRequest,
  source: TraceSource,
  window: Window,
): ((row: number) => boolean) | undefined {
  const missing = conditions.find(isMissingResource);
  const others = conditions.filter((condition) => condition !== missing);
  if (!missing || !allConditions || !others.every(isOfSpan)) return undefined;
  const owners = listOwners(source);
  const key = source.keyId(missing.ref.name);
  const without = owners.filter(
    ({ resource }) => key === undefined || findAttribute(source.resources.attributes, resource, key) === -1,
  );
  const read = new Set<string>();
  const matching = others.length === 0 ? owners : owners.filter(makeMatchTest(source, others));
  for (const part of splitWindow(window))
    for (const owner of join(without, matching, (trace) => touchesWindow(source, trace, part))) read.add(codeOf(owner));
  const { trace, resource } = source.spans;
  // Rows are of the source.
  return (row) => !read.has(codeOf({ trace: trace[row]!, resource: resource[row]! }));
}

function isMissingResource({ ref, op }: Condition): boolean {
  return op === 'missing' && ref.scope === 'resource' && !dedicatedResourceColumns.has(ref.name);
}

function isOfSpan({ ref }: Condition): boolean {
  return ref.intrinsic === undefined ? ref.scope === 'span' : spanIntrinsics.has(ref.intrinsic);
}

const spanIntrinsics: ReadonlySet<ast.Intrinsic> = new Set(['name', 'kind', 'status', 'statusMessage', 'duration']);

function codeOf({ trace, resource }: Pick<Owner, 'trace' | 'resource'>): string {
  return `${trace}/${resource}`;
}

// By trace id, then by first span.
function listOwners(source: TraceSource): Owner[] {
  const { spans, traces } = source;
  const ids = Array.from({ length: traces.count }, (_, trace) => ({ trace, id: source.traceId(trace) }));
  ids.sort((a, b) => (a.id < b.id ? -1 : 1));
  let rank = 0;
  return ids.flatMap(({ trace }, place) => {
    const resources = new Set<number>();
    // Traces and their chains are of the source.
    for (let row = traces.firstRow[trace]!; row !== -1; row = spans.next[row]!) resources.add(spans.resource[row]!);
    return Array.from(resources, (resource) => ({ trace, resource, place, rank: rank++ }));
  });
}

function makeMatchTest(source: TraceSource, conditions: readonly Condition[]): (owner: Owner) => boolean {
  const regexes: RegexCache = new Map();
  const view = new FetchView(source, conditions, { allConditions: true, treeColumns: new Set(), regexes });
  const { spans, traces } = source;
  return ({ trace, resource }) => {
    // As above.
    for (let row = traces.firstRow[trace]!; row !== -1; row = spans.next[row]!)
      if (spans.resource[row] === resource && view.isFetched(row)) return true;
    return false;
  };
}

function splitWindow({ startSec, endSec }: Window): Window[] {
  if (startSec === 0 || endSec === 0) return [{ startSec, endSec }];
  const length = Math.max(shortestPartSec, Math.floor((endSec - startSec) / windowParts));
  const parts: Window[] = [];
  for (let start = startSec; start < endSec && parts.length < windowParts; start += length) {
    const isLast = parts.length === windowParts - 1 || start + length >= endSec;
    parts.push({ startSec: start, endSec: isLast ? endSec : start + length });
  }
  return parts;
}

/** What a join of both lists yields for the traces wanted, without what is misread. */
function* join(
  without: readonly Owner[],
  matching: readonly Owner[],
  isWanted: (trace: number) => boolean,
): Generator<Owner> {
  const walk = new Walk(without, matching);
  const places = [...new Map(matching.map((owner) => [owner.place, owner.trace]))];
  let found = walk.next();
  for (const [place, trace] of places) {
    if (!isWanted(trace)) continue;
    if (found && found.owner.place < place) found = walk.seek(place);
    for (; found?.owner.place === place; found = walk.next()) if (!found.isMisread) yield found.owner;
  }
}

interface Found {
  readonly owner: Owner;
  readonly isMisread: boolean;
}

/** Two iterators over owners that wait for each other; the one over missing attributes leads. */
class Walk {
  private readonly without: readonly Owner[];
  private readonly matching: readonly Owner[];
  private lead = 0;
  private other = 0;
  /** Did the leading iterator come to where it stands by skipping? */
  private hasSkipped = false;

  constructor(without: readonly Owner[], matching: readonly Owner[]) {
    this.without = without;
    this.matching = matching;
  }

  next(): Found | undefined {
    for (;;) {
      const owner = this.without[this.lead];
      if (!owner) return undefined;
      while ((this.matching[this.other]?.rank ?? Number.POSITIVE_INFINITY) < owner.rank) this.other++;
      const other = this.matching[this.other];
      if (!other) return undefined;
      if (other.rank > owner.rank) {
        this.skipTo(({ rank }) => rank >= other.rank);
        continue;
      }
      const isMisread = this.hasSkipped;
      this.lead++;
      this.hasSkipped = false;
      return { owner, isMisread };
    }
  }

  /** Goes on at this trace or behind it. */
  seek(place: number): Found | undefined {
    if ((this.without[this.lead]?.place ?? place) < place) this.skipTo((owner) => owner.place >= place);
    return this.next();
  }

  private skipTo(isThere: (owner: Owner) => boolean): void {
    while (this.lead < this.without.length && !isThere(this.without[this.lead]!)) this.lead++; // below its length
    this.hasSkipped = true;
  }
}
