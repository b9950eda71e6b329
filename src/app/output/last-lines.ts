// The last lines an app wrote, for errors about it.

import { maskText } from '../../std/secrets/mask-text.ts';

const keptLines = 20;
const shownLength = 300;

export class LastLines {
  readonly #lines: string[] = [];

  push(line: string): void {
    if (line.trim() === '') return;
    this.#lines.push(line.length > shownLength ? `${line.slice(0, shownLength)}…` : line);
    if (this.#lines.length > keptLines) this.#lines.shift();
  }

  /** Oldest first, without secrets: they go into errors, and so to agents. */
  get(): string[] {
    // Together: a private key is a secret of many lines.
    return this.#lines.length === 0 ? [] : maskText(this.#lines.join('\n')).split('\n');
  }
}
