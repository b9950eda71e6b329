// The module registry of this process, set once when the core starts. Instrumentations reach it through the stand-ins
// in shims/, whose constructors are called by library code and take no arguments of ours.
import type { ModuleRegistry } from './module-hook.ts';

let current: ModuleRegistry | undefined;

export function setRegistry(registry: ModuleRegistry): void {
  current = registry;
}

export function getRegistry(): ModuleRegistry {
  if (current === undefined) throw new Error('the preload was not started');
  return current;
}
