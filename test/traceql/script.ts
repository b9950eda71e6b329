// Scripts of queries and answers on traces: `load` with traces as text, then `search QUERY` and `metrics FROM TO STEP
// QUERY` with the expected lines indented below, or `fails: TEXT` for the text of the refusal.
import { readFileSync } from 'node:fs';

export interface Step {
  readonly line: number;
  readonly kind: 'load' | 'search' | 'metrics';
  /** What stands behind the word. */
  readonly argument: string;
  /** The indented lines below, their common indent cut. */
  readonly body: readonly string[];
}

/** The steps of a script of scripts/. */
export function readScript(name: string): Step[] {
  return parseScript(readFileSync(new URL(`scripts/${name}`, import.meta.url), 'utf8'));
}

/** @throws Error for a line that is neither a step nor indented */
export function parseScript(text: string): Step[] {
  const steps: { line: number; kind: Step['kind']; argument: string; body: string[] }[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const command = /^(load|search|metrics)\b\s*(.*)$/.exec(line);
    if (command)
      steps.push({ line: i + 1, kind: command[1] as Step['kind'], argument: command[2] ?? '', body: [] }); // one of the three
    else if (line.startsWith('  ')) steps.at(-1)?.body.push(line.slice(2));
    else throw new Error(`line ${i + 1} is no step: ${line}`);
  });
  return steps;
}
