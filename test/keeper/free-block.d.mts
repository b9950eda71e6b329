/** The first of five free ports, which are the caller's until its process ends. */
export function findFreeBlock(): Promise<number>;
