// How the memory of a stack is divided among its signals: each is sure of an equal part, and what one does not use, the others may.

/** The bytes that each user may hold of `total`, by what each holds now. */
export function divideMemory(heldBytes: readonly number[], total: number): number[] {
  const parts = new Array<number>(heldBytes.length).fill(0);
  const smallestFirst = heldBytes.map((held, user) => ({ held, user })).sort((a, b) => a.held - b.held);
  let left = total;
  smallestFirst.forEach(({ held, user }, i) => {
    const part = left / (smallestFirst.length - i);
    parts[user] = part;
    left -= Math.min(held, part);
  });
  return parts;
}
