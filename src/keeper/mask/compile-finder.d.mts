// Types of compile-finder.mjs, for the test that compares what it makes with what is committed.
/** The module as TypeScript. */
export function compileFinder(): Promise<string>;
