// Last words: a process that exits cannot wait for HTTP, so what is left is written to a folder that `obs run` empties
// into the keeper. Without such a folder there is nothing to do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `own-logs` only says that the app has loaded an SDK for logs: it may send the lines that it prints. */
export type SpoolKind = 'traces' | 'startup' | 'crash' | 'own-logs';

export interface Spool {
  readonly folder: string;
  /** Writes one file, synchronously; a folder that is gone is no error. */
  readonly write: (kind: SpoolKind, content: Uint8Array | string) => void;
}

/** The spool of this process, if the environment names a folder for it. */
export function openSpool(folder: string | undefined): Spool | undefined {
  if (folder === undefined || folder === '') return undefined;
  let count = 0;
  return {
    folder,
    write: (kind, content) => {
      count += 1;
      try {
        writeFileSync(join(folder, `${kind}-${process.pid}-${process.hrtime.bigint()}-${count}.json`), content);
      } catch {
        // `obs run` is gone, and its folder with it.
      }
    },
  };
}
