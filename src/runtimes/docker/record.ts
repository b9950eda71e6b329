// `docker.json` in the folder of a stack: on which engine it was made and from what. Labels find the same things; the record
// finds them from another mount namespace (agents' sandboxes have one for each command) and under another DOCKER_HOST.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../std/atomic-file.ts';
import type { StackFolder } from '../runtime.ts';
import { enginePlaceSchema } from './engine/locate.ts';

const recordSchema = z.object({
  engine: enginePlaceSchema,
  network: z.string().nullable(),
  /** Ids of its containers. */
  containers: z.array(z.string()),
});
export type DockerRecord = z.infer<typeof recordSchema>;

/** The record of a stack; undefined if nothing was made for it, or the file is damaged: then the labels have to do. */
export function readRecord(folder: Pick<StackFolder, 'dir'>): DockerRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(readFileSync(fileOf(folder), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

export function writeRecord(folder: Pick<StackFolder, 'dir'>, record: DockerRecord): void {
  writeFileAtomic(fileOf(folder), `${JSON.stringify(record, undefined, 1)}\n`, { mode: 0o600 });
}

export function removeRecord(folder: Pick<StackFolder, 'dir'>): void {
  rmSync(fileOf(folder), { force: true });
}

const fileOf = ({ dir }: Pick<StackFolder, 'dir'>): string => join(dir, 'docker.json');
