// Yes-or-no questions to the person at the terminal.
import { createInterface } from 'node:readline/promises';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks, and takes nothing but y or yes for a yes. Rejects when `signal` is aborted. */
export async function askYesNo(question: string, { input, output }: Terminal, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input, output });
  try {
    // A terminal that is closed (Ctrl-D) gives no answer.
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), closed]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
