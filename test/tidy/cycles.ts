// Cycles between folders. Judged at every folder: its subfolders and files are the nodes, an import between what is below
// two of them is an edge. A cycle that passes through a subfolder is one; files of one folder may know each other.
import { dirname } from 'node:path';
import type { SourceFile } from './source-files.ts';

type Graph = Map<string, Set<string>>;

/** Each cycle once, as a message that names its members and the imports that close it. */
export function findFolderCycles(files: readonly SourceFile[]): string[] {
  const edges = files
    .filter((file) => file.path.startsWith('src/') && !file.isTest)
    .flatMap((file) =>
      file.imports.flatMap((one) => (one.path?.startsWith('src/') ? [{ from: file.path, to: one.path }] : [])),
    );
  const levels = new Map<string, Graph>();
  for (const { from, to } of edges) {
    const parent = commonFolder(from, to);
    const [a, b] = [childOf(parent, from), childOf(parent, to)];
    if (a === b) continue;
    const graph = levels.get(parent) ?? new Map<string, Set<string>>();
    levels.set(parent, graph);
    graph.set(a, (graph.get(a) ?? new Set()).add(b));
  }
  return [...levels].flatMap(([parent, graph]) =>
    findCycles(graph)
      .filter((cycle) => cycle.some((name) => name.endsWith('/')))
      .map(
        (cycle) =>
          `in ${parent}/: ${[...cycle, cycle[0]].join(' → ')}: move what both need to a file of its own, or pass it in`,
      ),
  );
}

function commonFolder(a: string, b: string): string {
  let folder = dirname(a);
  while (!b.startsWith(`${folder}/`)) folder = dirname(folder);
  return folder;
}

// Subfolders end with a slash.
function childOf(parent: string, path: string): string {
  const [first, ...rest] = path.slice(parent.length + 1).split('/');
  return rest.length > 0 ? `${first}/` : (first ?? '');
}

/** Strongly connected components of more than one node, each as one shortest cycle through it. */
export function findCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reported = new Set<string>();
  return [...graph.keys()].flatMap((start) => {
    if (reported.has(start)) return [];
    const cycle = shortestWayBack(graph, start);
    for (const name of cycle) reported.add(name);
    return cycle.length > 0 ? [cycle] : [];
  });
}

function shortestWayBack(graph: ReadonlyMap<string, ReadonlySet<string>>, start: string): string[] {
  const queue: string[][] = [[start]];
  const seen = new Set<string>();
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const next of graph.get(path.at(-1) ?? '') ?? []) {
      if (next === start) return path;
      if (!seen.has(next)) queue.push([...path, next]);
      seen.add(next);
    }
  }
  return [];
}
