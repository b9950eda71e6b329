// Addition and subtraction of native histograms, with the differences between the two made equal first: zero threshold,
// resolution, custom bounds. A running sum may carry a compensation for rounding (see kahan.ts).
import {
  type Buckets,
  compactBuckets,
  customSchema,
  equalLists,
  type FloatHistogram,
  getExponentialBound,
  noBuckets,
  type ResetHint,
  usesCustomBuckets,
} from './float-histogram.ts';
import { KahanSum } from './kahan.ts';

/** Exponential and custom buckets cannot be combined. */
export class IncompatibleHistograms extends Error {}

/** `resetCollision`: one side says "reset", the other "no reset". `boundsReconciled`: custom bounds differed. */
export interface Combined {
  readonly histogram: FloatHistogram;
  readonly resetCollision: boolean;
  readonly boundsReconciled: boolean;
}

/** `a + b`. @throws IncompatibleHistograms */
export function addHistograms(a: FloatHistogram, b: FloatHistogram): Combined {
  return combine({ sum: a, error: undefined }, b, 1).combined;
}

/** `a - b`. @throws IncompatibleHistograms */
export function subtractHistograms(a: FloatHistogram, b: FloatHistogram): Combined {
  return combine({ sum: a, error: undefined }, b, -1).combined;
}

/** A histogram under summation and, bucket for bucket, what rounding has cost; undefined until the first addition. */
export interface CompensatedHistogram {
  readonly sum: FloatHistogram;
  readonly error: FloatHistogram | undefined;
}

/** `a + b` with compensation. @throws IncompatibleHistograms */
export function addCompensated(
  a: CompensatedHistogram,
  b: FloatHistogram,
): { readonly result: CompensatedHistogram; readonly combined: Combined } {
  const error = a.error ?? makeZeroLike(a.sum);
  const { combined, error: newError } = combine({ sum: a.sum, error }, b, 1);
  return { result: { sum: combined.histogram, error: newError }, combined };
}

/** Lowers the resolution of buckets; `to` must not be finer than `from`. */
export function reduceResolution(buckets: Buckets, from: number, to: number): Buckets {
  if (from === to) return buckets;
  const { plain } = reduce({ plain: buckets, error: undefined }, from, to);
  return plain;
}

/** The histogram at a coarser resolution; hint dropped if it changes, as Prometheus drops it. */
export function copyToSchema(h: FloatHistogram, schema: number): FloatHistogram {
  if (h.schema === schema) return h;
  return {
    ...h,
    hint: 'unknown',
    schema,
    positive: reduceResolution(h.positive, h.schema, schema),
    negative: reduceResolution(h.negative, h.schema, schema),
  };
}

/** What the zero count were if the zero bucket were wider; the threshold grows to the end of a populated bucket. */
export function widenZeroBucket(h: FloatHistogram, threshold: number): { zeroCount: number; threshold: number } {
  const { zeroCount, threshold: reached } = widen({ sum: h, error: undefined }, threshold);
  return { zeroCount, threshold: reached };
}

interface Pair {
  readonly plain: Buckets;
  /** Same layout as `plain`. */
  readonly error: Buckets | undefined;
}

/** What two histograms make, apart from count and sum. */
interface Merged {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: KahanSum;
  readonly positive: Pair;
  readonly negative: Pair;
  readonly customValues: readonly number[];
  readonly boundsReconciled: boolean;
}

function combine(a: CompensatedHistogram, b: FloatHistogram, sign: 1 | -1) {
  if (usesCustomBuckets(a.sum) !== usesCustomBuckets(b)) throw new IncompatibleHistograms();
  const { hint, collision } = mergeHints(a.sum.hint, b.hint);
  const count = addScalar(a.sum.count, a.error?.count, sign * b.count);
  const sum = addScalar(a.sum.sum, a.error?.sum, sign * b.sum);
  const merged = usesCustomBuckets(a.sum) ? combineCustom(a, b, sign) : combineExponential(a, b, sign);
  const { schema, zeroThreshold, zeroCount, positive, negative, customValues, boundsReconciled } = merged;
  // Written out, not spread: this runs for every bucketed sample of a query.
  const histogram: FloatHistogram = {
    hint,
    schema,
    zeroThreshold,
    zeroCount: zeroCount.value,
    count: count.value,
    sum: sum.value,
    positive: positive.plain,
    negative: negative.plain,
    customValues,
  };
  const error: FloatHistogram | undefined = a.error && {
    hint,
    schema,
    zeroThreshold,
    zeroCount: zeroCount.compensation,
    count: count.compensation,
    sum: sum.compensation,
    positive: positive.error ?? noBuckets,
    negative: negative.error ?? noBuckets,
    customValues,
  };
  return { combined: { histogram, resetCollision: collision, boundsReconciled }, error };
}

function combineExponential(a: CompensatedHistogram, b: FloatHistogram, sign: 1 | -1): Merged {
  const zero = reconcileZero(a, b);
  const { sum } = zero.a;
  return {
    schema: Math.min(sum.schema, b.schema),
    zeroThreshold: sum.zeroThreshold,
    zeroCount: addScalar(sum.zeroCount, zero.a.error?.zeroCount, sign * zero.otherZeroCount),
    positive: combineSide('positive', zero.a, { b, sign }),
    negative: combineSide('negative', zero.a, { b, sign }),
    customValues: sum.customValues,
    boundsReconciled: false,
  };
}

function combineSide(
  side: 'positive' | 'negative',
  { sum, error }: CompensatedHistogram,
  { b, sign }: { readonly b: FloatHistogram; readonly sign: 1 | -1 },
): Pair {
  const mine = { plain: sum[side], error: error?.[side] };
  if (b[side].indexes.length === 0 && sum.schema <= b.schema) return mine;
  const schema = Math.min(sum.schema, b.schema);
  const theirError = error && sum.schema < b.schema ? zeroBuckets(b[side]) : undefined;
  const theirs = reduce({ plain: b[side], error: theirError }, b.schema, schema);
  return mergePairs(reduce(mine, sum.schema, schema), dropBelow(theirs, schema, sum.zeroThreshold), sign);
}

function combineCustom(a: CompensatedHistogram, b: FloatHistogram, sign: 1 | -1): Merged {
  const { sum, error } = a;
  const { schema, zeroThreshold } = sum;
  const empty: Pair = { plain: noBuckets, error: noBuckets };
  const base = { schema, zeroThreshold, zeroCount: new KahanSum(sum.zeroCount), negative: empty };
  if (equalLists(sum.customValues, b.customValues)) {
    const mine = { plain: sum.positive, error: error?.positive };
    const positive = mergePairs(mine, { plain: b.positive, error: undefined }, sign);
    return { ...base, positive, customValues: sum.customValues, boundsReconciled: false };
  }
  const theirs = new Set(b.customValues);
  const customValues = sum.customValues.filter((bound) => theirs.has(bound));
  const slots = Array.from({ length: customValues.length + 1 }, () => new KahanSum());
  fillSlots(slots, customValues, { buckets: sum.positive, error: error?.positive, bounds: sum.customValues, sign: 1 });
  fillSlots(slots, customValues, { buckets: b.positive, error: undefined, bounds: b.customValues, sign });
  const used = slots.map((_, i) => i).filter((i) => slots[i]?.value !== 0 || slots[i]?.compensation !== 0);
  const pick = (read: (slot: KahanSum | undefined) => number | undefined): Buckets => ({
    indexes: used,
    counts: used.map((i) => read(slots[i]) ?? 0),
  });
  const positive: Pair = { plain: pick((slot) => slot?.value), error: pick((slot) => slot?.compensation) };
  return { ...base, positive, customValues, boundsReconciled: true };
}

/** Adds buckets to the slot of the first kept bound that is not below their own. */
function fillSlots(
  slots: readonly KahanSum[],
  kept: readonly number[],
  from: { buckets: Buckets; error: Buckets | undefined; bounds: readonly number[]; sign: 1 | -1 },
): void {
  from.buckets.indexes.forEach((index, i) => {
    const bound = from.bounds[index] ?? Number.POSITIVE_INFINITY;
    const found = kept.findIndex((keptBound) => keptBound >= bound);
    const slot = slots[found === -1 ? kept.length : found];
    slot?.add(from.sign * (from.buckets.counts[i] ?? 0));
    if (from.error) slot?.add(from.error.counts[i] ?? 0);
  });
}

function mergePairs(a: Pair, b: Pair, sign: 1 | -1): Pair {
  if (b.error === undefined && equalLists(a.plain.indexes, b.plain.indexes)) return mergeAligned(a, b.plain, sign);
  const indexes: number[] = [];
  const counts: number[] = [];
  const errors: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.plain.indexes.length || j < b.plain.indexes.length) {
    const mine = a.plain.indexes[i] ?? Number.POSITIVE_INFINITY;
    const theirs = b.plain.indexes[j] ?? Number.POSITIVE_INFINITY;
    const other = sign * (b.plain.counts[j] ?? 0);
    const otherError = sign * (b.error?.counts[j] ?? 0);
    if (mine < theirs) pushSlot(mine, a.plain.counts[i] ?? 0, a.error?.counts[i] ?? 0);
    else if (theirs < mine) pushSlot(theirs, other, otherError);
    else if (a.error === undefined) pushSlot(mine, (a.plain.counts[i] ?? 0) + other, 0);
    else {
      const sum = new KahanSum(a.plain.counts[i], a.error.counts[i]);
      sum.add(other);
      if (otherError !== 0) sum.add(otherError);
      pushSlot(mine, sum.value, sum.compensation);
    }
    if (mine <= theirs) i++;
    if (theirs <= mine) j++;
  }
  return { plain: { indexes, counts }, error: a.error === undefined ? undefined : { indexes, counts: errors } };

  function pushSlot(index: number, count: number, error: number): void {
    indexes.push(index);
    counts.push(count);
    errors.push(error);
  }
}

/** The usual case: both sides have the same buckets. */
function mergeAligned({ plain, error }: Pair, { counts: others }: Buckets, sign: 1 | -1): Pair {
  const { indexes } = plain;
  const counts = plain.counts.slice();
  if (error === undefined) {
    for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] ?? 0) + sign * (others[i] ?? 0);
    return { plain: { indexes, counts }, error };
  }
  const errors = error.counts.slice();
  const sum = new KahanSum();
  for (let i = 0; i < counts.length; i++) {
    sum.value = counts[i] ?? 0;
    sum.compensation = errors[i] ?? 0;
    sum.add(sign * (others[i] ?? 0));
    counts[i] = sum.value;
    errors[i] = sum.compensation;
  }
  return { plain: { indexes, counts }, error: { indexes, counts: errors } };
}

function reduce({ plain, error }: Pair, from: number, to: number): Pair {
  if (from === to) return { plain, error };
  const indexes: number[] = [];
  const slots: KahanSum[] = [];
  plain.indexes.forEach((index, i) => {
    const target = ((index - 1) >> (from - to)) + 1;
    const count = plain.counts[i] ?? 0;
    const last = slots.at(-1);
    if (last === undefined || indexes.at(-1) !== target) {
      indexes.push(target);
      slots.push(new KahanSum(count, error?.counts[i] ?? 0));
    } else if (error === undefined) last.value += count;
    else {
      last.add(count);
      last.add(error.counts[i] ?? 0);
    }
  });
  return {
    plain: { indexes, counts: slots.map((slot) => slot.value) },
    error: error && { indexes, counts: slots.map((slot) => slot.compensation) },
  };
}

function dropBelow({ plain, error }: Pair, schema: number, threshold: number): Pair {
  if (threshold === 0) return { plain, error };
  const first = plain.indexes.findIndex((index) => getExponentialBound(index, schema) > threshold);
  if (first === 0 || plain.indexes.length === 0) return { plain, error };
  const from = first === -1 ? plain.indexes.length : first;
  const cut = ({ indexes, counts }: Buckets): Buckets => ({ indexes: indexes.slice(from), counts: counts.slice(from) });
  return { plain: cut(plain), error: error && cut(error) };
}

/** Widens both zero buckets until they are equal. */
function reconcileZero(a: CompensatedHistogram, b: FloatHistogram) {
  let mine = a;
  let otherZeroCount = b.zeroCount;
  let otherThreshold = b.zeroThreshold;
  while (otherThreshold !== mine.sum.zeroThreshold) {
    if (mine.sum.zeroThreshold > otherThreshold) {
      const widened = widenZeroBucket(b, mine.sum.zeroThreshold);
      otherZeroCount = widened.zeroCount;
      otherThreshold = widened.threshold;
    }
    if (otherThreshold > mine.sum.zeroThreshold) mine = widenInPlace(mine, otherThreshold);
  }
  return { a: mine, otherZeroCount };
}

function widenInPlace(h: CompensatedHistogram, threshold: number): CompensatedHistogram {
  const widened = widen(h, threshold);
  const isSwallowed = (index: number) => getExponentialBound(index - 1, h.sum.schema) < widened.threshold;
  const clear = (buckets: Buckets): Buckets => ({
    indexes: buckets.indexes,
    counts: buckets.counts.map((count, i) => (isSwallowed(buckets.indexes[i] ?? 0) ? 0 : count)),
  });
  const zero = { zeroThreshold: widened.threshold, zeroCount: widened.zeroCount };
  if (h.error === undefined) {
    const positive = compactBuckets(clear(h.sum.positive));
    return { sum: { ...h.sum, ...zero, positive, negative: compactBuckets(clear(h.sum.negative)) }, error: undefined };
  }
  const positive = compactPair({ plain: clear(h.sum.positive), error: clear(h.error.positive) });
  const negative = compactPair({ plain: clear(h.sum.negative), error: clear(h.error.negative) });
  return {
    sum: { ...h.sum, ...zero, positive: positive.plain, negative: negative.plain },
    error: {
      ...h.error,
      zeroThreshold: widened.threshold,
      zeroCount: widened.zeroError,
      positive: positive.error ?? noBuckets,
      negative: negative.error ?? noBuckets,
    },
  };
}

function compactPair({ plain, error }: Pair): Pair {
  const keep = plain.counts.map((count, i) => count !== 0 || error?.counts[i] !== 0);
  const cut = ({ indexes, counts }: Buckets): Buckets => ({
    indexes: indexes.filter((_, i) => keep[i]),
    counts: counts.filter((_, i) => keep[i]),
  });
  return { plain: cut(plain), error: error && cut(error) };
}

function widen({ sum: h, error }: CompensatedHistogram, wanted: number) {
  if (wanted === h.zeroThreshold) {
    return { zeroCount: h.zeroCount, threshold: wanted, zeroError: error?.zeroCount ?? 0 };
  }
  let threshold = wanted;
  const zero = new KahanSum(0, error?.zeroCount ?? 0);
  for (;;) {
    zero.value = h.zeroCount;
    threshold = swallow(h.positive, error?.positive, { zero, threshold, schema: h.schema }) ?? threshold;
    const grown = swallow(h.negative, error?.negative, { zero, threshold, schema: h.schema });
    if (grown === undefined) return { zeroCount: zero.value, threshold, zeroError: zero.compensation };
    // The positive side was counted for a smaller threshold: once more.
    threshold = grown;
  }
}

/** Adds the buckets inside the threshold to `zero`; returns a larger threshold if it cuts a populated bucket. */
function swallow(
  buckets: Buckets,
  error: Buckets | undefined,
  { zero, threshold, schema }: { zero: KahanSum; threshold: number; schema: number },
): number | undefined {
  for (let i = 0; i < buckets.indexes.length; i++) {
    const index = buckets.indexes[i] ?? 0;
    const count = buckets.counts[i] ?? 0;
    if (getExponentialBound(index - 1, schema) >= threshold) return undefined;
    zero.add(count);
    if (error) zero.add(error.counts[i] ?? 0);
    const upper = getExponentialBound(index, schema);
    if (upper > threshold) return count === 0 ? undefined : upper;
  }
  return undefined;
}

function addScalar(value: number, compensation: number | undefined, increment: number): KahanSum {
  if (compensation === undefined) return new KahanSum(value + increment);
  const sum = new KahanSum(value, compensation);
  sum.add(increment);
  return sum;
}

function makeZeroLike(h: FloatHistogram): FloatHistogram {
  return {
    ...h,
    count: 0,
    sum: 0,
    zeroCount: 0,
    positive: zeroBuckets(h.positive),
    negative: h.schema === customSchema ? noBuckets : zeroBuckets(h.negative),
  };
}

function zeroBuckets({ indexes }: Buckets): Buckets {
  return { indexes, counts: indexes.map(() => 0) };
}

/** What is known of restarts in a sum; `collision`: one side says "reset", the other "no reset". */
export function mergeHints(mine: ResetHint, theirs: ResetHint): { hint: ResetHint; collision: boolean } {
  if (mine === theirs || mine === 'gauge') return { hint: mine, collision: false };
  if (theirs === 'gauge') return { hint: 'gauge', collision: false };
  if (mine === 'unknown' || theirs === 'unknown') return { hint: 'unknown', collision: false };
  return { hint: 'unknown', collision: true };
}
