// What obs uses of WebAssembly: the types of Node do not have it, and those of browsers have too much else.
// https://webassembly.github.io/spec/js-api/
declare namespace WebAssembly {
  function validate(bytes: Uint8Array): boolean;
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Global {
    readonly value: number;
  }
  class Memory {
    /** Pages of 64 KiB. */
    constructor(size: { readonly initial: number });
    readonly buffer: ArrayBuffer;
    /** Adds pages of 64 KiB; `buffer` is another one after it. */
    grow(pages: number): number;
  }
}
