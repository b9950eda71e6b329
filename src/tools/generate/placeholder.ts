// Stand-in data for the texts of the error catalogue: whatever a text reads of it becomes ‹its name›.

/** Data of any shape: each field is a placeholder that reads as text, as list and as object. */
export function makePlaceholderData(): never {
  // A proxy stands for data of any type; only the texts of the catalogue ever see it.
  return makePlaceholder('') as never;
}

function makePlaceholder(name: string): unknown {
  const text = `‹${name}›`;
  const members: Readonly<Record<string | symbol, unknown>> = {
    [Symbol.toPrimitive]: () => text,
    [Symbol.iterator]: () => [makePlaceholder(name)][Symbol.iterator](),
    toString: () => text,
    toJSON: () => text,
    length: 1,
    map: (change: (item: unknown, at: number) => unknown) => [change(makePlaceholder(name), 0)],
    flatMap: (change: (item: unknown, at: number) => unknown) => [change(makePlaceholder(name), 0)].flat(),
    filter: () => makePlaceholder(name),
    slice: () => makePlaceholder(name),
    join: () => `${text}, …`,
    at: () => makePlaceholder(name),
  };
  return new Proxy(() => makePlaceholder(name), {
    get(_, key) {
      if (Object.hasOwn(members, key)) return members[key];
      if (typeof key === 'symbol') return undefined;
      // Methods of texts and numbers leave the placeholder as it is.
      if (key in String.prototype || key in Number.prototype) return () => makePlaceholder(name);
      return makePlaceholder(/^\d+$/.test(key) || name === '' ? name || key : `${name}.${key}`);
    },
    ownKeys: () => [],
    getOwnPropertyDescriptor: () => undefined,
  });
}
