// Types of compile-wat.mjs, for the test that compares what it makes with what is committed.
/** The modules in the text format, from the root of the project. */
export function listModules(): string[];
/** What a module becomes: the file's path, and its text. */
export function compileModule(source: string): Promise<{ readonly path: string; readonly text: string }>;
