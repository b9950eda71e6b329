// Waiting until an app is ready, in the way that its plan asks for.
import type { AppPlan } from '../plan.ts';
import { type ReadyContext, readyChecks } from './checks.ts';

export type ReadyOutcome =
  | { readonly kind: 'ready' }
  | { readonly kind: 'exited' }
  | { readonly kind: 'timeout'; readonly waitedMs: number };

/** Resolves once: ready, ended before it was, or too late. Rejects only when `context.signal` is aborted. */
export async function waitForReady(plan: AppPlan, context: ReadyContext): Promise<ReadyOutcome> {
  const { condition, timeoutMs } = plan.ready;
  const cancel = new AbortController();
  const signal = AbortSignal.any([cancel.signal, context.signal]);
  const timedOut = new Promise<ReadyOutcome>((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'timeout', waitedMs: timeoutMs }), timeoutMs);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
  const exited = context.exited.then<ReadyOutcome>(() =>
    condition.kind === 'exit' && context.exitCode() === 0 ? { kind: 'ready' } : { kind: 'exited' },
  );
  const check = readyChecks[condition.kind](condition as never, { ...context, signal });
  try {
    return await Promise.race([check.then<ReadyOutcome>(() => ({ kind: 'ready' })), exited, timedOut]);
  } finally {
    check.catch(() => undefined); // aborted below, by us
    cancel.abort();
  }
}

/** What is waited for, in words for people. */
export function describeCondition(condition: AppPlan['ready']['condition']): string {
  const words: { readonly [K in typeof condition.kind]: string } = {
    http: 'target' in condition ? `an answer below 400 from ${condition.target}` : '',
    'log-text': 'text' in condition ? `a line with "${condition.text}"` : '',
    'log-pattern': 'pattern' in condition ? `a line like /${condition.pattern}/` : '',
    port: 'port' in condition ? `port ${condition.port} to take connections` : '',
    exit: 'its end with code 0',
    none: 'nothing',
    'first-port': 'the first port it listens on',
  };
  return words[condition.kind];
}
