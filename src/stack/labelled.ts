// What stands in container engines and bears our labels, whether or not a state file knows of it.
import type { LabelledStack, Runtime } from '../runtimes/runtime.ts';

/** The parts of one stack in the engine of one runtime. */
export interface LabelledParts extends LabelledStack {
  readonly runtime: Runtime;
}

export interface LabelledRequest {
  readonly runtimes: readonly Runtime[];
  /** Told of an engine that does not answer: what is in it stays unknown. */
  readonly progress: (line: string) => void;
}

/** The labelled parts of all stacks, of every runtime that has such. Asks container engines, so only ask where it counts. */
export async function listLabelled({ runtimes, progress }: LabelledRequest): Promise<LabelledParts[]> {
  const lists = await Promise.all(runtimes.map((runtime) => listOf(runtime, progress)));
  return lists.flat().sort((a, b) => a.worktree.localeCompare(b.worktree) || a.stackId.localeCompare(b.stackId));
}

async function listOf(runtime: Runtime, progress: LabelledRequest['progress']): Promise<LabelledParts[]> {
  try {
    return ((await runtime.labelled?.list()) ?? []).map((stack) => ({ ...stack, runtime }));
  } catch (error) {
    progress(
      `${runtime.name}: cannot be asked for leftovers: ${error instanceof Error ? error.message : String(error)}`,
    );
    return [];
  }
}
