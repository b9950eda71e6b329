// All generated files together: what they should be, which of them are stale, and the writing of them.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeConfigJsonSchema } from '../../config/json-schema.ts';
import { catalogue } from '../../errors/catalogue/index.ts';
import type { ToolDefinition, ToolEntry } from '../tool.ts';
import { makeClientFiles, makeToolFiles } from './agent-tools.ts';
import { type GeneratedFile, jsonFile } from './generated-file.ts';
import { makeLimitReference } from './limits-reference.ts';
import { makeErrorReference, makeToolReference, makeVerbReference } from './reference.ts';
import { makeSkillFile } from './skill.ts';

/** Every committed file that is made from the code. */
export async function makeGeneratedFiles(entries: readonly ToolEntry[]): Promise<GeneratedFile[]> {
  const loaded = await Promise.all(entries.map(async (entry) => ({ entry, tool: await entry.load() })));
  const all: ToolDefinition[] = loaded.map((one) => one.tool);
  const offered = loaded.filter((one) => one.entry.forAgents).map((one) => one.tool);
  return [
    ...makeToolFiles(offered),
    ...makeClientFiles(),
    makeSkillFile(offered),
    jsonFile('docs/schema/obs.schema.json', makeConfigJsonSchema()),
    makeVerbReference(all),
    makeToolReference(offered),
    makeErrorReference(catalogue),
    makeLimitReference(),
  ];
}

/** Paths of generated files that differ from what the code would make, or that nothing makes any more. */
export async function findStaleFiles(root: string, entries: readonly ToolEntry[]): Promise<string[]> {
  const files = await makeGeneratedFiles(entries);
  const changed = await Promise.all(
    files.map(async ({ path, content }) => ((await readOrEmpty(join(root, path))) === content ? [] : [path])),
  );
  return [...changed.flat(), ...(await findOrphans(root, files))];
}

/** Writes what is stale and removes what nothing makes any more; returns the paths. */
export async function writeGeneratedFiles(root: string, entries: readonly ToolEntry[]): Promise<string[]> {
  const stale = await findStaleFiles(root, entries);
  const files = await makeGeneratedFiles(entries);
  for (const path of stale) {
    const file = files.find((one) => one.path === path);
    if (file === undefined) await rm(join(root, path));
    else await writeOne(join(root, path), file.content);
  }
  return stale;
}

// Only agent-tools/ is generated as a whole; elsewhere generated files stand beside written ones.
async function findOrphans(root: string, files: readonly GeneratedFile[]): Promise<string[]> {
  const known = new Set(files.map((file) => file.path));
  const names = await readdir(join(root, 'agent-tools'), { recursive: true, withFileTypes: true });
  return names
    .filter((one) => one.isFile() && one.name !== '.gitkeep')
    .map((one) => join(one.parentPath, one.name).slice(root.length + 1))
    .filter((path) => !known.has(path));
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

async function writeOne(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
