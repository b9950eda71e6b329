// The last lines an app wrote, for errors about it.

const keptLines = 20;
const shownLength = 300;

export class LastLines {
  readonly #lines: string[] = [];

  push(line: string): void {
    if (line.trim() === '') return;
    this.#lines.push(line.length > shownLength ? `${line.slice(0, shownLength)}…` : line);
    if (this.#lines.length > keptLines) this.#lines.shift();
  }

  get(): string[] {
    return [...this.#lines];
  }
}
