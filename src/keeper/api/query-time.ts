// The time that a query may take, the same setting for all three languages; each API refuses in the words of its server.
import { type Bounds, describeLimit } from '../../model/limits.ts';
import { HttpRefusal } from '../http/refusal.ts';

export interface QueryTimeOptions {
  readonly nowMs: () => number;
  readonly bounds: Bounds;
  readonly status: number;
  /** In the words of the server. */
  readonly text: string;
}

/** What a query calls often from now on. It throws HttpRefusal when the time is over. */
export function makeQueryTimer({ nowMs, bounds, status, text }: QueryTimeOptions): () => void {
  const deadlineMs = nowMs() + bounds.queryTime;
  return () => {
    if (nowMs() > deadlineMs) throw new HttpRefusal(status, `${text} (${describeLimit('queryTime', bounds)})`);
  };
}
