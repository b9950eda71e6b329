// Keeps long evaluations from holding up the event loop, and ends those whose client has gone or whose time is over.
import { QueryError } from '../../../errors/query-error.ts';

/** Longest stretch between two looks at the event loop. */
const stretchMs = 8;

export interface PacerOptions {
  readonly nowMs: () => number;
  readonly deadlineMs: number;
  /** Said behind the words of the server when the time is over. */
  readonly limit: string;
  readonly signal: AbortSignal;
}

/** Makes the `pause` of an evaluation. */
export function makePacer({ nowMs, deadlineMs, limit, signal }: PacerOptions): () => Promise<void> | undefined {
  let resumedMs = nowMs();
  return () => {
    const now = nowMs();
    if (now > deadlineMs)
      fail({ status: 503, type: 'timeout', text: `query timed out in expression evaluation (${limit})` });
    if (now - resumedMs < stretchMs) return undefined;
    if (signal.aborted) fail({ status: 499, type: 'canceled', text: 'query was canceled in expression evaluation' });
    return new Promise((resolve) => {
      setImmediate(() => {
        resumedMs = nowMs();
        resolve();
      });
    });
  };
}

function fail({ status, type, text }: { status: number; type: string; text: string }): never {
  throw new QueryError({
    language: 'promql',
    kind: 'execution',
    message: text,
    serverText: text,
    httpStatus: status,
    errorType: type,
  });
}
