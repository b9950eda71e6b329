// Built-in modules as ES modules import them: no loader function sees that, but their exports are live bindings that
// follow what is patched.
import { createRequire } from 'node:module';

/** When to look whether more built-ins were loaded; their clients are patched even after the import. */
const looksMs = [0, 50, 500] as const;

/** Patches `http` now and `https` once the program has loaded it, which costs more and is needed less. */
export function patchBuiltins(): void {
  const require = createRequire(__filename);
  require('node:http');
  for (const delayMs of looksMs) {
    setTimeout(() => {
      // Requiring it passes the module hook, which patches it; the list is what Node has loaded so far.
      if (readLoadedBuiltins().includes('NativeModule https')) require('node:https');
    }, delayMs).unref();
  }
}

function readLoadedBuiltins(): string[] {
  // Not in @types/node, but in Node since version 0.8.
  return (process as unknown as { moduleLoadList?: string[] }).moduleLoadList ?? [];
}
