// Whether Node loads a program as an ES module, by Node's own rules.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isModuleProgram } from './entry-format.ts';

const folder = mkdtempSync(join(tmpdir(), 'obs-format-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'module/inner'), { recursive: true });
mkdirSync(join(folder, 'module/plain'));
writeFileSync(join(folder, 'module/package.json'), '{"type":"module"}');
writeFileSync(join(folder, 'module/plain/package.json'), '{"name":"no-type"}');

const programs: { program: string | undefined; flags?: string[]; isModule: boolean }[] = [
  { program: 'server.mjs', isModule: true },
  { program: 'server.mts', isModule: true },
  { program: 'module/server.cjs', isModule: false },
  { program: 'module/server.js', isModule: true },
  { program: 'module/inner/server.ts', isModule: true },
  { program: 'module/plain/server.js', isModule: false },
  { program: undefined, isModule: false },
  { program: undefined, flags: ['--input-type=module'], isModule: true },
];

test.each(programs)('$program $flags is an ES module: $isModule', ({ program, flags = [], isModule }) => {
  expect(isModuleProgram(program && join(folder, program), flags)).toBe(isModule);
});
