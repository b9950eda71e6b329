// What a server's answer to a delivery means: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response for OTLP,
// https://prometheus.io/docs/specs/prw/remote_write_spec/#retries-backoff for remote write.

import type { Signal } from '../../wire/otlp/request.ts';
import { decodeExportResponse } from '../../wire/otlp/response.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export type DeliveryVerdict =
  /** Taken, all but `rejected` records. */
  | { readonly kind: 'taken'; readonly rejected: number; readonly reason: string }
  /** Not now. `tries`: how often this answer is worth another try. */
  | { readonly kind: 'later'; readonly afterMs: number | undefined; readonly tries: number; readonly reason: string }
  /** Never, as it is; a joined delivery may hold parts that would be taken alone. */
  | { readonly kind: 'refused'; readonly reason: string };

/** 401 and 403: credentials can be set anew, and what waits for that is not lost. */
const comeAgain: ReadonlySet<number> = new Set([401, 403, 408, 429, 502, 503, 504]);
/** Loki's ring and others say 500 while they begin; Prometheus says it to what it will never take. */
const triesAfter500 = 5;
const maxReasonLength = 200;

/** Judges an answer. */
export function judgeAnswer(signal: Signal, answer: Answer): DeliveryVerdict {
  const { status } = answer;
  if (status >= 200 && status < 300) return judgeSuccess(signal, answer);
  const reason = `${status} ${excerpt(answer.body)}`.trim();
  if (comeAgain.has(status))
    return { kind: 'later', afterMs: readRetryAfterMs(answer), tries: Number.POSITIVE_INFINITY, reason };
  if (status >= 500) return { kind: 'later', afterMs: undefined, tries: triesAfter500, reason };
  return { kind: 'refused', reason };
}

function judgeSuccess(signal: Signal, { headers, body }: Answer): DeliveryVerdict {
  const isProtobuf = String(headers['content-type']).startsWith('application/x-protobuf');
  if (!isProtobuf || body.length === 0) return { kind: 'taken', rejected: 0, reason: '' };
  try {
    const partial = decodeExportResponse(signal, body);
    return { kind: 'taken', rejected: Number(partial?.rejected ?? 0), reason: partial?.errorMessage ?? '' };
  } catch {
    return { kind: 'taken', rejected: 0, reason: '' }; // the status says that it was taken
  }
}

function readRetryAfterMs({ headers }: Answer): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

// What a server says may hold what an app sent: one short line, without control characters.
function excerpt(body: Buffer): string {
  const text = body.toString('utf8', 0, 2 * maxReasonLength).replace(/[\p{Cc}\s]+/gu, ' ');
  return text.slice(0, maxReasonLength).trim();
}
