// Who may import whom: the shelves of docs/architecture.md as one table. A file may import from its own unit, from every
// unit on a lower shelf, and sideways only along the arrows named here.
import type { SourceFile } from './source-files.ts';

/** Shelves from the ground up; each unit is a folder of src/. */
const shelves: readonly (readonly string[])[] = [
  ['std', 'errors', 'model', 'worktree', 'config'],
  ['wire', 'promql', 'logql', 'traceql', 'keeper'],
  ['clients', 'runtimes', 'stack', 'app', 'journeys', 'budgets', 'insights', 'captures'],
  ['tools'],
  ['faces'],
];

/** Arrows between units of one shelf. */
const sideways: Readonly<Record<string, readonly string[]>> = {
  errors: ['std'],
  model: ['errors', 'std'],
  worktree: ['model', 'errors', 'std'],
  config: ['worktree', 'model', 'errors', 'std'],
  keeper: ['wire', 'promql', 'logql', 'traceql'],
  runtimes: ['clients'],
  stack: ['runtimes', 'clients'],
  app: ['clients'],
  journeys: ['clients'],
  budgets: ['clients'],
  insights: ['clients'],
  captures: ['clients'],
};

/** What stands outside the rule of shelves, each with its reason. */
const neverImported: Readonly<Record<string, string>> = {
  keeper: 'the keeper is another process: start it by path, talk to it over HTTP through src/clients/',
  faces: 'faces are the outermost shelf: move what is shared to src/tools/ or lower',
};

/** Everything that breaks the table, as messages that say how to mend. */
export function findLayerBreaks(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith('src/'))
    .flatMap((file) =>
      file.imports.flatMap((one) => {
        const problem = one.path?.startsWith('src/') ? judge(file.path, one.path) : undefined;
        return problem === undefined ? [] : [`${file.path}:${one.line} imports ${one.path}: ${problem}`];
      }),
    );
}

function judge(from: string, to: string): string | undefined {
  const [fromUnit, toUnit] = [unitOf(from), unitOf(to)];
  if (from.startsWith('src/app/preload/') && !to.startsWith('src/app/preload/'))
    return 'the preload runs inside other people’s processes and may import only its own folder';
  if (fromUnit === toUnit) return undefined;
  const reason = neverImported[toUnit];
  if (reason !== undefined) return reason;
  const [fromShelf, toShelf] = [shelfOf(fromUnit), shelfOf(toUnit)];
  if (fromShelf === -1)
    return `src/${fromUnit}/ is on no shelf: add it to test/tidy/layers.ts and docs/architecture.md`;
  if (toShelf === -1) return `src/${toUnit}/ is on no shelf: add it to test/tidy/layers.ts and docs/architecture.md`;
  if (toShelf < fromShelf || sideways[fromUnit]?.includes(toUnit)) return undefined;
  const direction = toShelf > fromShelf ? 'up' : 'sideways';
  return `imports go down the shelves only, and this one goes ${direction}: move what is needed to a lower shelf, or pass it in`;
}

const unitOf = (path: string): string => path.split('/')[1] ?? '';

const shelfOf = (unit: string): number => shelves.findIndex((shelf) => shelf.includes(unit));

/** Packages that only one place may import. */
const packageHomes: Readonly<Record<string, string>> = {
  dockerode: 'src/runtimes/docker/',
  '@modelcontextprotocol/sdk': 'src/faces/mcp/',
  commander: 'src/faces/cli/',
};

/** Imports of a package from outside its one home. */
export function findForeignPackages(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith('src/') && !file.isTest)
    .flatMap((file) =>
      file.imports.flatMap(({ specifier, line }) => {
        const home = Object.entries(packageHomes).find(
          ([name]) => specifier === name || specifier.startsWith(`${name}/`),
        );
        if (home === undefined || file.path.startsWith(home[1])) return [];
        return [`${file.path}:${line} imports ${home[0]}: only ${home[1]} may, so that it can be replaced there`];
      }),
    );
}
