// What NODE_OPTIONS loads into every Node process of an app. Package managers and compilers are such processes, too, and
// an app that is started through them must not wait for them: whether this one is to be watched is decided before
// anything else is evaluated.
import { nowMs } from './clock.ts';
import { isSwitchedOff, isTool } from './process-kind.ts';

function main(): void {
  const once = Symbol.for('worktree-obs.preload');
  const program = process.argv[1];
  if (once in globalThis || isSwitchedOff(process.env) || isTool(program, __dirname)) return;
  const beganAtMs = nowMs();
  Object.defineProperty(globalThis, once, { value: true });
  // A call of require in place, so that the bundler evaluates what stands behind it only now.
  const { start } = require('./start.ts') as typeof import('./start.ts');
  start(program, beganAtMs);
}

main();
