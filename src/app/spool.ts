// The folder through which the preload hands over what a dying process could not send. Read while the app runs and once
// more when it has ended.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../std/sleep.ts';
import { type Crash, crashSchema } from './output/crash.ts';
import { type StartupRecord, startupRecordSchema } from './startup/phases.ts';
import { sendBody } from './telemetry/sender.ts';

const startupPollMs = 5;
/** More files than this in one go are left for the next. */
const maxFilesPerRead = 200;

export class SpoolReader {
  readonly folder: string;
  readonly #otlpHttp: string;
  readonly #startups: StartupRecord[] = [];

  constructor(folder: string, otlpHttp: string) {
    this.folder = folder;
    this.#otlpHttp = otlpHttp;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Startup records of all Node processes of the app so far, in the order in which their programs were loaded. */
  readStartups(): readonly StartupRecord[] {
    for (const file of this.#list('startup-')) {
      const record = startupRecordSchema.safeParse(readJson(file));
      if (record.success) this.#startups.push(record.data);
      rmSync(file, { force: true });
    }
    return this.#startups;
  }

  /** Waits until a process has told about its start, for at most `timeoutMs`: programs in other languages never do. */
  async waitForStartup(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.readStartups().length === 0 && performance.now() < deadline) await sleep(startupPollMs);
  }

  /** Errors that nobody caught, of processes that have ended. */
  readCrashes(): Crash[] {
    return this.#list('crash-').flatMap((file) => crashSchema.safeParse(readJson(file)).data ?? []);
  }

  /** Sends the spans that lie there; the app's processes must have ended. */
  async sendSpans(): Promise<void> {
    for (const file of this.#list('traces-')) {
      const body = readFileSync(file);
      await sendBody(this.#otlpHttp, 'traces', { type: 'application/json', body });
      rmSync(file, { force: true });
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #list(prefix: string): string[] {
    try {
      const names = readdirSync(this.folder).filter((name) => name.startsWith(prefix) && name.endsWith('.json'));
      return names
        .sort()
        .slice(0, maxFilesPerRead)
        .map((name) => join(this.folder, name));
    } catch {
      return []; // removed with the stack
    }
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // half written by a process that was killed
  }
}
