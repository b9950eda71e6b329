// What can be booted in a folder, read from the files that say so: package.json scripts and a Procfile.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';

export interface DetectedApp {
  readonly name: string;
  readonly command: string;
  /** Where it was found, for the comment beside it. */
  readonly source: string;
}

const packageSchema = z.object({
  name: z.string().optional().catch(undefined),
  scripts: z.record(z.string(), z.string()).optional().catch(undefined),
});

/** Scripts that boot an app, the best first: what runs in production tells more than a watcher. */
const bootScripts = ['start', 'serve', 'dev'] as const;

const lockFiles: readonly (readonly [string, string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
];

/** Apps of a folder; empty if nothing says how to boot one. */
export function detectApps(folder: string): DetectedApp[] {
  const fromProcfile = readProcfile(folder);
  return fromProcfile.length > 0 ? fromProcfile : readPackage(folder);
}

// Format: https://devcenter.heroku.com/articles/procfile
function readProcfile(folder: string): DetectedApp[] {
  const lines = (readText(join(folder, 'Procfile')) ?? '').split('\n');
  return lines.flatMap((line) => {
    const match = /^([A-Za-z][\w-]*):\s*(\S.*)$/.exec(line);
    return match === null ? [] : [{ name: match[1] ?? '', command: match[2] ?? '', source: 'Procfile' }];
  });
}

function readPackage(folder: string): DetectedApp[] {
  const text = readText(join(folder, 'package.json'));
  const parsed = text === undefined ? undefined : packageSchema.safeParse(parseJson(text)).data;
  const script = bootScripts.find((name) => parsed?.scripts?.[name] !== undefined);
  if (parsed === undefined || script === undefined) return [];
  const manager = lockFiles.find(([file]) => existsSync(join(folder, file)))?.[1] ?? 'npm';
  const command = script === 'start' ? `${manager} start` : `${manager} run ${script}`;
  return [{ name: makeName(parsed.name ?? basename(folder)), command, source: `package.json, script "${script}"` }];
}

/** `@scope/my app` → `my-app`: usable in budgets and flags without quotes. */
function makeName(text: string): string {
  const plain = (text.split('/').pop() ?? '').replace(/[^\w.-]+/g, '-').replace(/^[^A-Za-z]+/, '');
  return plain === '' ? 'app' : plain;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
