// One question that `obs doctor` asks. A check never throws for what it looks into: trouble is its answer.
import { z } from 'zod';
import type { ObsConfig } from '../../config/schema.ts';
import type { RunningStack } from '../../stack/running-stack.ts';
import type { Worktree } from '../../worktree/worktree.ts';
import type { ToolContext } from '../tool.ts';

export const findingSchema = z.object({
  check: z.string(),
  status: z.enum(['ok', 'note', 'warn', 'fail']),
  detail: z.string(),
  /** A command or an edit; null where nothing is to be done. */
  fix: z.string().nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What the first checks found out, for those after them; undefined where it could not be had. */
export interface Facts {
  readonly context: ToolContext;
  readonly worktree: Worktree | undefined;
  readonly config: ObsConfig | undefined;
  readonly root: string | undefined;
  readonly stack: RunningStack | undefined;
}

export interface Check {
  readonly name: string;
  readonly run: (facts: Facts) => Promise<readonly Omit<Finding, 'check'>[]>;
}

export const ok = (detail: string) => ({ status: 'ok', detail, fix: null }) as const;
export const note = (detail: string) => ({ status: 'note', detail, fix: null }) as const;
export const warn = (detail: string, fix: string) => ({ status: 'warn', detail, fix }) as const;
export const fail = (detail: string, fix: string) => ({ status: 'fail', detail, fix }) as const;
