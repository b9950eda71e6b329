// Many questions at once, but not all of them at the same time.

/** Maps each item through `ask`, at most `limit` at a time; results are in the order of the items. */
export async function mapLimited<T, R>(items: readonly T[], limit: number, ask: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const work = async () => {
    for (const [at, item] of entries) results[at] = await ask(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
