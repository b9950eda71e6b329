// Modules of WebAssembly that `npm run generate` compiled from the text format (`X.wat` to `X.wasm.ts`).

/**
 * Compiles a module given as base64. Undefined: the processor has no vectors and the module wants them, or Node runs without
 * WebAssembly. https://webassembly.github.io/spec/js-api/
 */
export function loadModule(base64: string): WebAssembly.Module | undefined {
  const bytes = Buffer.from(base64, 'base64');
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) return undefined;
  return new WebAssembly.Module(bytes);
}
