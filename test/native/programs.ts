// Programs named loki, prometheus and tempo for the native runtime: the genuine ones where they are on PATH, else stand-ins.
// OBS_TEST_NATIVE_BIN names a folder with genuine ones.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { serverNames } from '../../src/runtimes/servers.ts';

const standIn = join(import.meta.dirname, 'stand-in.mjs');
const genuine = process.env.OBS_TEST_NATIVE_BIN;

/** Whether the suite runs against the genuine servers. */
export const areGenuine = genuine !== undefined;

/** A PATH on which the three programs come first; `folder` is made and holds the stand-ins. */
export function makePath(folder: string): string {
  if (genuine !== undefined) return `${genuine}${delimiter}${process.env.PATH}`;
  mkdirSync(folder, { recursive: true });
  for (const name of serverNames)
    writeProgram(join(folder, name), `exec "${process.execPath}" "${standIn}" ${name} "$@"`);
  return `${folder}${delimiter}${process.env.PATH}`;
}

/** An executable that runs lines of shell. */
export function writeProgram(path: string, shell: string): void {
  writeFileSync(path, `#!/bin/sh\n${shell}\n`, { mode: 0o755 });
}

/** Server processes whose data lies below a folder, as `pid: command line`. */
export function listServers(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    const [line, env] = [read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`)];
    const isServer = /(?:^|\/)(?:loki|prometheus|tempo)(?:$|\0)|stand-in\.mjs/.test(line);
    return isServer && (line.includes(folder) || env.includes(folder)) ? [`${pid}: ${line.replaceAll('\0', ' ')}`] : [];
  });
}

function read(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  } catch {
    return ''; // it has ended
  }
}
