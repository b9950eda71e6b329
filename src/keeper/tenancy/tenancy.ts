// What a backend needs that other stacks write to, too: all that goes there is marked as this stack's, and every question
// is narrowed to that mark. A backend of this stack alone leaves both as they are (alone.ts).
import type { PushStream } from '../../wire/loki/push.ts';
import type { RecordOf, Signal } from '../../wire/otlp/request.ts';
import type { ExportRequest, LogsRequest } from '../../wire/otlp/types.ts';
import type { WrittenSeries } from '../../wire/prometheus/remote-write.ts';

export const serverRoles = ['loki', 'prometheus', 'tempo'] as const;
export type ServerRole = (typeof serverRoles)[number];

/** A question on its way to a server, before it is sent. */
export interface Question {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** As it came: percent-encoded, without the path of the server's base URL. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Fields of a form post; undefined when there is no body, or one that is no form. */
  readonly form: URLSearchParams | undefined;
  /** It has a body that is no form (remote read), which is passed on as it is. */
  readonly hasOtherBody: boolean;
}

/** An answer as a whole, decompressed. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface NarrowedQuestion extends Question {
  /** Changes the answer, which is read whole for it; without it, it is passed on as it streams in. */
  readonly changeAnswer?: (answer: WholeAnswer) => WholeAnswer;
}

export interface QueryNarrower {
  /**
   * The question as this stack may ask it; also called for the WebSocket of a tail, before it is opened.
   * @throws HttpRefusal or QueryError for one that it may not ask; the port gives it the shape of its API.
   */
  narrow(question: Question): NarrowedQuestion;
}

/** Marks telemetry as this stack's; each method may return what it was given. */
export interface Marker {
  markExport<S extends Signal>(signal: S, request: ExportRequest<RecordOf[S]>): ExportRequest<RecordOf[S]>;
  markSeries(series: readonly WrittenSeries[]): readonly WrittenSeries[];
  markStreams(streams: readonly PushStream[]): readonly PushStream[];
  /**
   * Logs as marked streams, for a Loki to which they are pushed: OTLP leaves it to the server what becomes a label of
   * streams. Absent where OTLP goes on as it is.
   */
  readonly streamsOf?: (request: LogsRequest, receivedNs: bigint) => readonly PushStream[];
}

export interface Tenancy {
  readonly narrowers: Readonly<Record<ServerRole, QueryNarrower>>;
  readonly marker: Marker;
}
