// An error that nobody catches: it ends the spans of its trace, and is left in the spool, with its trace, for the log
// record that `obs run` makes of it. The event changes nothing about how the process ends.
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { NoteText } from './line-contexts.ts';
import type { OpenSpans } from './open-spans.ts';
import type { Spool } from './spool.ts';

export interface CrashRecord {
  readonly atMs: number;
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly traceId: string;
  readonly spanId: string;
}

const maxStackLength = 16_384;

export interface CrashWatchOptions {
  readonly openSpans: OpenSpans;
  readonly spool: Spool | undefined;
  readonly note: NoteText | undefined;
}

/** Watches for uncaught errors within a span, for the rest of the process's life. */
export function watchCrashes({ openSpans, spool, note }: CrashWatchOptions): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    const active = trace.getActiveSpan()?.spanContext();
    if (active === undefined) return;
    failSpans(openSpans, active.traceId, error);
    const described = describe(error);
    // Node itself prints it, past every stream.
    note?.(active, described.stack.split('\n', 1)[0] ?? '');
    const { traceId, spanId } = active;
    const record: CrashRecord = { atMs: Date.now(), ...described, traceId, spanId };
    spool?.write('crash', JSON.stringify(record));
  });
}

function failSpans(openSpans: OpenSpans, traceId: string, error: unknown): void {
  for (const span of openSpans.listOf(traceId)) {
    if (error instanceof Error) span.recordException(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: describe(error).message });
    span.end();
  }
}

function describe(error: unknown): Pick<CrashRecord, 'type' | 'message' | 'stack'> {
  if (!(error instanceof Error)) {
    const text = String(error).slice(0, maxStackLength);
    return { type: typeof error, message: text, stack: text };
  }
  const { name, message, stack = `${name}: ${message}` } = error;
  return { type: name, message: message.slice(0, maxStackLength), stack: stack.slice(0, maxStackLength) };
}
