// What differences.mjs offers to tests in TypeScript.
export interface BootRequest {
  readonly service: string;
  readonly delayMs: number;
  /** Runs obs in the worktree, with these variables added, and returns its stdout. */
  readonly obs: (words: readonly string[], env: Readonly<Record<string, string>>) => Promise<string>;
  /** Base URL of the stack's Tempo API. */
  readonly tempo: string;
  /** A folder for the app's own stamps. */
  readonly folder: string;
}
export const phases: readonly string[];
export function bootDelayed(request: BootRequest): Promise<Record<string, number>>;
