// Where parcels of each kind go and how they are put into a request.
import { compress } from 'snappyjs';
import type { Backend } from '../../model/backend.ts';
import { exchangeHttp } from '../../std/http-exchange.ts';
import type { Signal } from '../../wire/otlp/request.ts';
import { describeDenial } from '../upstream/denial.ts';
import type { Upstream, Upstreams } from '../upstream/upstream.ts';
import { parcelKind } from './parcel.ts';
import type { Answer } from './verdict.ts';

export interface Destination {
  readonly signal: Signal;
  /** Of the server, for messages. */
  readonly name: string;
  /** Sends one payload. Rejects when there is no whole answer. */
  send(kind: number, payload: Buffer): Promise<Answer>;
}

interface Way {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encode: (payload: Buffer) => Buffer;
}

const otlpHeaders = { 'content-type': 'application/x-protobuf' };
const snappyHeaders = { ...otlpHeaders, 'content-encoding': 'snappy' };
const remoteWriteHeaders = { ...snappyHeaders, 'x-prometheus-remote-write-version': '0.1.0' };
const asIs = (payload: Buffer) => payload;
const inSnappy = (payload: Buffer) => Buffer.from(compress(payload));

/** A server that takes a request but does not answer holds up its signal this long. */
const answerTimeoutMs = 10_000;
const maxAnswerBytes = 1024 * 1024;

/** The destination of each signal. */
export function makeDestinations(
  { loki, prometheus, tempo }: Backend,
  upstreams: Upstreams,
): Readonly<Record<Signal, Destination>> {
  const otlp = (url: string): Way => ({ url, headers: otlpHeaders, encode: asIs });
  return {
    logs: makeDestination('logs', upstreams.loki, {
      [parcelKind.otlpExport]: otlp(loki.otlpLogsUrl),
      // Loki's own protocol has the header of its media type only; that it is snappy goes without saying.
      [parcelKind.lokiPush]: { url: `${loki.url}/loki/api/v1/push`, headers: otlpHeaders, encode: inSnappy },
    }),
    metrics: makeDestination('metrics', upstreams.prometheus, {
      [parcelKind.otlpExport]: otlp(prometheus.writeUrl),
      [parcelKind.remoteWrite]: { url: prometheus.remoteWriteUrl, headers: remoteWriteHeaders, encode: inSnappy },
    }),
    traces: makeDestination('traces', upstreams.tempo, { [parcelKind.otlpExport]: otlp(tempo.otlpTracesUrl) }),
  };
}

function makeDestination(signal: Signal, upstream: Upstream, ways: Readonly<Record<number, Way>>): Destination {
  return {
    signal,
    name: upstream.name,
    async send(kind, payload) {
      const way = ways[kind];
      if (way === undefined) throw new Error(`${upstream.name} takes no parcels of kind ${kind}`);
      const answer = await exchangeHttp({
        method: 'POST',
        url: way.url,
        headers: { ...way.headers, ...upstream.headers() },
        body: way.encode(payload),
        timeoutMs: answerTimeoutMs,
        maxBytes: maxAnswerBytes,
      });
      const denial = describeDenial(upstream.name, answer.status);
      return denial === undefined ? answer : { ...answer, body: Buffer.from(denial) };
    },
  };
}
