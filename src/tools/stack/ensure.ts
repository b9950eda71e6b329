// Starting or finding the stack of a call, as `up`, `run`, `journey` and `ci` all do it.
import { ObsError } from '../../errors/obs-error.ts';
import { makeStackId } from '../../model/ids.ts';
import { fillBounds } from '../../model/limits.ts';
import type { RuntimeName } from '../../model/runtime-name.ts';
import { chooseRuntime, findRuntime, type RuntimeChoice } from '../../runtimes/choose.ts';
import type { RuntimeSettings } from '../../runtimes/runtime.ts';
import { type RunningStack, readOwnState } from '../../stack/running-stack.ts';
import { startStack } from '../../stack/start.ts';
import { stopStack } from '../../stack/stop.ts';
import { parseDurationMs } from '../../std/quantity.ts';
import type { ToolContext } from '../tool.ts';
import { checkRedaction } from './redaction.ts';
import { findTarget, loadTargetConfig, type Target } from './target.ts';

export interface EnsureOptions {
  readonly runtime?: RuntimeName | 'auto';
  /** Idle time, as the person wrote it: `12h`. */
  readonly ttl?: string;
  /** Remove the stack and its data first. */
  readonly fresh?: boolean;
  /** Docker: pull missing images without asking. */
  readonly pull?: boolean;
  /** Docker: start Grafana, too. */
  readonly grafana?: boolean;
}

export interface EnsuredStack extends Target {
  readonly stack: RunningStack;
}

/** The running stack of the call's worktree, started if there is none. */
export async function ensureStack(context: ToolContext, options: EnsureOptions = {}): Promise<EnsuredStack> {
  const target = findTarget(context);
  const loaded = await loadTargetConfig(context, target.worktree);
  const { config } = loaded;
  const { progress, signal, nowMs, env } = context;
  if (options.fresh) await stopStack({ ...target, stackId: makeStackId(target.worktree.path), progress, signal });
  const asked = options.runtime ?? config.runtime;
  const { pull = false, grafana = false } = options;
  const settings: RuntimeSettings = { ...config, env, pull, grafana, ask: context.ask };
  const redact = await checkRedaction(loaded);
  const start = ({ runtime, reason }: RuntimeChoice) => {
    if (grafana && runtime.name !== 'docker') {
      throw new ObsError('OBS_GRAFANA_NEEDS_DOCKER', { runtime: runtime.name, reason });
    }
    return startStack({
      ...target,
      settings,
      askedRuntime: asked === 'auto' ? undefined : asked,
      wishes: {
        runtime: runtime.name,
        runtimeReason: reason,
        ttlMs: options.ttl === undefined ? config.ttl : readTtl(options.ttl),
        limits: {
          memoryBytes: config.limits.memory,
          retentionMs: config.limits.retention,
          bounds: fillBounds(config.limits),
        },
        redact,
      },
      startedAtMs: findStartMs(context),
      nowMs,
      progress,
      signal,
    });
  };
  return { ...target, stack: await startChosen(await chooseOnce(asked, { target, settings }), start) };
}

async function startChosen(
  choice: RuntimeChoice,
  start: (choice: RuntimeChoice) => Promise<RunningStack>,
): Promise<RunningStack> {
  try {
    return await start(choice);
  } catch (error) {
    const instead = choice.instead?.(error);
    if (instead === undefined) throw error;
    return start(instead);
  }
}

// The choice of `auto` is made once for a worktree and kept until `down`.
async function chooseOnce(
  asked: RuntimeName | 'auto',
  wish: { target: Target; settings: RuntimeSettings },
): Promise<RuntimeChoice> {
  const kept = asked === 'auto' ? readOwnState(wish.target) : undefined;
  if (kept !== undefined) return { runtime: findRuntime(kept.runtime), reason: kept.runtimeReason };
  return chooseRuntime(asked, wish.settings);
}

// A command begins when its process does: what loading it took is part of the wait.
function findStartMs({ caller, nowMs }: ToolContext): number {
  return caller === 'cli' ? Math.min(nowMs(), Math.round(performance.timeOrigin)) : nowMs();
}

function readTtl(text: string): number {
  const ttlMs = parseDurationMs(text);
  if (ttlMs === undefined || ttlMs <= 0) throw new ObsError('OBS_BAD_TTL', { text });
  return ttlMs;
}
