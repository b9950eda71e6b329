// The command line of Prometheus, less what an older one does not know: distributions package versions from before its
// OTLP receiver, which refuse to start for one unknown flag or key.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeServerCommand, type ServerCommand, type ServerPlace } from '../servers.ts';

const helpTimeoutMs = 10_000;
const otlpFlag = '--web.enable-otlp-receiver';

/** The command for this very program. */
export async function makePrometheusCommand(program: string, place: ServerPlace): Promise<ServerCommand> {
  const flags = await readFlags(program);
  if (flags === undefined || flags.has(otlpFlag)) return makeServerCommand('prometheus', place);
  const configFile = join(place.dataDir, 'prometheus.yml');
  writeFileSync(configFile, dropSection(readFileSync(place.configFile, 'utf8'), 'otlp'));
  const { args, env } = makeServerCommand('prometheus', { ...place, configFile });
  return { args: args.filter((arg) => flags.has(arg.replace(/=.*$/s, ''))), env };
}

/** Flags that its help lists; undefined when it does not tell. */
async function readFlags(program: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, ['--help'], { timeout: helpTimeoutMs });
    // Newer ones list switches as `--[no-]web.enable-otlp-receiver`.
    const flags = [...`${stdout}${stderr}`.matchAll(/^ +--(?:\[no-\])?([a-z][\w.-]*)/gm)].map(
      ([, name]) => `--${name}`,
    );
    return flags.length === 0 ? undefined : new Set(flags);
  } catch {
    return undefined; // starting it will show what is wrong
  }
}

/** The text without one top-level key of its YAML and what is indented below it. */
export function dropSection(yaml: string, key: string): string {
  const lines = yaml.split('\n');
  const begin = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (begin === -1) return yaml;
  const length = lines.slice(begin + 1).findIndex((line) => /^\S/.test(line));
  return [...lines.slice(0, begin), ...(length === -1 ? [] : lines.slice(begin + 1 + length))].join('\n');
}
