// What sign-finder.ts uses of WebAssembly: the types of Node do not have it, and those of browsers have too much else.
// https://webassembly.github.io/spec/js-api/
declare namespace WebAssembly {
  function validate(bytes: Uint8Array): boolean;
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
}
