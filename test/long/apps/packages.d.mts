// What packages.mjs offers to tests in TypeScript.
export function preparePackages(name: 'oldest' | 'lts' | 'nest' | 'next' | 'tools' | 'load'): string;
export function prepareNode(name: 'oldest' | 'lts'): string;
