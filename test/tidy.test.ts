// The rules of the code base that a machine can check. Each failure says how to mend it; none is to be silenced here.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileModule, listModules } from '../.ci/compile-wat.mjs';
import { catalogue } from '../src/errors/catalogue/index.ts';
import { faceVerbs } from '../src/faces/cli/face-verbs.ts';
import { flagText, readFields } from '../src/tools/command/fields.ts';
import { findStaleFiles } from '../src/tools/generate/write.ts';
import { toolList } from '../src/tools/list.ts';
import { findCycles, findFolderCycles } from './tidy/cycles.ts';
import { findBrokenCommands, findFixCommands, findUntestedCodes } from './tidy/errors.ts';
import { findForeignPackages, findLayerBreaks } from './tidy/layers.ts';
import { findShapelessFiles, findShapelessFunctions } from './tidy/shape.ts';
import { readSourceFiles, root } from './tidy/source-files.ts';

const files = readSourceFiles();

describe('layers', () => {
  it('imports go down the shelves, and nothing imports the keeper', () => {
    expect(findLayerBreaks(files)).toEqual([]);
  });

  it('no folders import each other in a circle', () => {
    expect(findFolderCycles(files)).toEqual([]);
  });

  it('packages that may be replaced are imported in one place only', () => {
    expect(findForeignPackages(files)).toEqual([]);
  });

  it('would notice a cycle and a wrong import', () => {
    expect(
      findCycles(
        new Map([
          ['a/', new Set(['b'])],
          ['b', new Set(['c/', 'a/'])],
        ]),
      ),
    ).toEqual([['a/', 'b']]);
    const [base] = files;
    const bad = {
      path: 'src/model/x.ts',
      imports: [{ specifier: '../keeper/y.ts', path: 'src/keeper/y.ts', line: 7 }],
    };
    expect(base && findLayerBreaks([{ ...base, ...bad }])).toEqual([
      expect.stringContaining('src/model/x.ts:7 imports src/keeper/y.ts: the keeper is another process'),
    ]);
  });
});

describe('shape', () => {
  it('files are short and say what they are for', () => {
    expect(findShapelessFiles(files)).toEqual([]);
  });

  it('functions are short and take few parameters', () => {
    expect(findShapelessFunctions(files)).toEqual([]);
  });
});

describe('numbered pages', () => {
  it.each(['docs/changelog', 'docs/decisions'])('%s gives each page a number of its own and a title', (folder) => {
    const pages = readdirSync(join(root, folder));
    const numbers = pages.map((page) => /^\d{4}-/.exec(page)?.[0] ?? page);
    expect(numbers).toEqual([...new Set(numbers)]);
    const untitled = pages.filter((page) => !readFileSync(join(root, folder, page), 'utf8').startsWith('# '));
    expect(untitled).toEqual([]);
  });
});

describe('generated files', () => {
  it('are fresh; `npm run generate` writes them', async () => {
    expect(await findStaleFiles(root, [...toolList, ...faceVerbs])).toEqual([]);
  });

  it.each(listModules())('%s is what its compiled form was made of', async (source) => {
    const { path, text } = await compileModule(source);
    expect(readFileSync(join(root, path), 'utf8')).toBe(text);
  });
});

describe('errors', () => {
  it('every code is raised in a test', () => {
    expect(findUntestedCodes(Object.keys(catalogue), files)).toEqual([]);
  });

  it('every command that a fix names exists', async () => {
    const entries = [...toolList, ...faceVerbs];
    const tools = new Map(await Promise.all(entries.map(async (one) => [one.verb, await one.load()] as const)));
    const globals = ['--json', '--worktree', '--max-tokens', '--help'];
    const broken = findBrokenCommands(
      findFixCommands(files),
      (tool) => [...readFields(tool).map(flagText), ...globals],
      tools,
    );
    expect(broken).toEqual([]);
  });
});
