// Puts samples in time order that come as a few runs, each in order already: neighbours are merged until one run is left.

export interface Columns {
  readonly times: Float64Array;
  /** undefined: all values are the same. */
  readonly values: Float64Array | undefined;
}

/** Sorts columns whose runs begin at `starts`; of equal times the earlier run's come first. Stops for `pause` on its way. */
export async function mergeRuns(
  starts: readonly number[],
  columns: Columns,
  pause: () => Promise<void>,
): Promise<Columns> {
  const length = columns.times.length;
  let runs = [...starts, length];
  let from = columns;
  let to = makeLike(columns);
  // The columns given are read only; after the first round two pairs of our own take turns.
  let spare: Columns | undefined;
  while (runs.length > 2) {
    const merged: number[] = [0];
    for (let i = 0; i < runs.length - 1; i += 2) {
      const [start = 0, middle = length, end = length] = runs.slice(i, i + 3);
      mergePair(from, to, { start, middle, end });
      merged.push(end);
      await pause();
    }
    runs = merged;
    spare = from === columns ? undefined : from;
    from = to;
    to = spare ?? makeLike(columns);
  }
  return from;
}

function mergePair(from: Columns, to: Columns, of: { start: number; middle: number; end: number }): void {
  const { start, middle, end } = of;
  const { times, values } = from;
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takesLeft = left < middle && (right >= end || (times[left] ?? 0) <= (times[right] ?? 0));
    const source = takesLeft ? left++ : right++;
    to.times[at] = times[source] ?? 0;
    if (values !== undefined && to.values !== undefined) to.values[at] = values[source] ?? 0;
  }
}

function makeLike({ times, values }: Columns): Columns {
  return { times: new Float64Array(times.length), values: values && new Float64Array(times.length) };
}
