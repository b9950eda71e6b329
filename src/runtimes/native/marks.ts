// Which server processes belong to a stack. Each process writes its own mark before it becomes the server, so there is no
// moment at which the `up` that starts it could be killed and leave it unknown.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessMark, parseStartTime } from '../../std/process-identity.ts';
import type { StackFolder } from '../runtime.ts';
import { type ServerName, serverNames } from '../servers.ts';

export interface ServerMark {
  readonly server: ServerName;
  readonly mark: ProcessMark;
  readonly file: string;
}

/** The folder of a stack's servers, made if need be. */
export function makeNativeFolder({ dir }: Pick<StackFolder, 'dir'>): string {
  const folder = join(dir, 'native');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Where a server that is started now writes its mark; each start has a file of its own. */
export function nameMarkFile(nativeFolder: string, server: ServerName, unique: string): string {
  return join(nativeFolder, `${server}.${unique}.mark`);
}

/**
 * The script that a mark is written with; `$1` is the file, `$2` the boot id, the rest the command that takes the
 * process over. A process that cannot leave its mark does not start.
 */
export const launchScript =
  process.platform === 'linux'
    ? 'f=$1; b=$2; shift 2; read -r s < /proc/$$/stat && printf "%s\\n%s\\n%s\\n" "$b" $$ "$s" > "$f.new" && mv "$f.new" "$f" && exec "$@"'
    : 'f=$1; b=$2; shift 2; s=$(LC_ALL=C TZ=UTC ps -o lstart= -p $$) && printf "%s\\n%s\\n%s\\n" "$b" $$ "$s" > "$f.new" && mv "$f.new" "$f" && exec "$@"';

/** Marks of all servers that were ever started for the stack and not yet ended. */
export function readServerMarks({ dir }: Pick<StackFolder, 'dir'>): ServerMark[] {
  const folder = join(dir, 'native');
  return listFolder(folder).flatMap((name) => {
    const server = serverNames.find((one) => name.startsWith(`${one}.`) && name.endsWith('.mark'));
    if (server === undefined) return [];
    const file = join(folder, name);
    const mark = readMark(file);
    return mark === undefined ? [] : [{ server, mark, file }];
  });
}

export function removeMark({ file }: ServerMark): void {
  rmSync(file, { force: true });
}

function readMark(file: string): ProcessMark | undefined {
  try {
    const [bootId, pid, start] = readFileSync(file, 'utf8').split('\n');
    const startTime = parseStartTime(start ?? '');
    return bootId === undefined || startTime === undefined ? undefined : { bootId, pid: Number(pid), startTime };
  } catch {
    return undefined; // another down removed it
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was started yet
  }
}
