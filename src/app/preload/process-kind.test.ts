// Which programs the preload leaves alone.
import { expect, test } from 'vitest';
import { isTool } from './process-kind.ts';

const programs = [
  { program: '/usr/bin/npm', tool: true },
  { program: '/usr/lib/node_modules/npm/bin/npm-cli.js', tool: true },
  { program: '/usr/lib/node_modules/npm/bin/npx-cli.js', tool: true },
  { program: '/opt/pnpm/bin/pnpm.cjs', tool: true },
  { program: '/repo/.yarn/releases/yarn-4.5.0.cjs', tool: true },
  { program: '/usr/lib/node_modules/corepack/dist/corepack.js', tool: true },
  { program: '/repo/node_modules/.bin/tsc', tool: true },
  { program: '/repo/node_modules/typescript/bin/tsc', tool: true },
  { program: '/dist/keeper.js', tool: true },
  { program: '/dist/program/keeper.cjs', tool: true },
  { program: '/dist/examples/server.js', tool: false },
  { program: '/repo/server.js', tool: false },
  { program: '/repo/npm-stats.js', tool: false },
  { program: '/repo/yarn-shop/server.js', tool: false },
  { program: undefined, tool: false },
];

test.each(programs)('$program is a tool: $tool', ({ program, tool }) => {
  expect(isTool(program, '/dist/preload')).toBe(tool);
});
