// Keeps whole answers that were too long for the model as files of a private folder, which goes when the server ends.
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Older answers are removed beyond this number, so a chatty session cannot fill the disk. */
const keptAnswers = 20;

export class AnswerFolder {
  #folder: Promise<string> | undefined;
  readonly #files: string[] = [];
  #count = 0;

  /** Writes one answer as JSON (mode 0600) and returns its path. */
  async keep(document: unknown): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'obs-answers-'));
    this.#count += 1;
    const file = join(await this.#folder, `answer-${this.#count}.json`);
    await writeFile(file, `${JSON.stringify(document, null, 1)}\n`, { mode: 0o600 });
    this.#files.push(file);
    if (this.#files.length > keptAnswers) await unlink(this.#files.shift() ?? file);
    return file;
  }

  /** Removes the folder and all in it. */
  async remove(): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }
}
