// Where the keeper finds three servers that belong to its stack alone, in containers or as processes.
import type { Backend } from '../model/backend.ts';
import { readMetricsProtocol } from './metrics-protocol.ts';

/** Base URLs of the servers' APIs, and of Tempo's receiver of OTLP. */
export interface ServerUrls {
  readonly loki: string;
  readonly prometheus: string;
  readonly tempo: string;
  readonly tempoOtlp: string;
}

/** The backend that the servers are; Prometheus, which has to be ready, is asked how it takes metrics. */
export async function makeOwnBackend({ loki, prometheus, tempo, tempoOtlp }: ServerUrls): Promise<Backend> {
  const metricsProtocol = await readMetricsProtocol(prometheus);
  const remoteWriteUrl = `${prometheus}/api/v1/write`;
  const writeUrl = metricsProtocol === 'otlp' ? `${prometheus}/api/v1/otlp/v1/metrics` : remoteWriteUrl;
  return {
    loki: { url: loki, headers: {}, otlpLogsUrl: `${loki}/otlp/v1/logs` },
    prometheus: { url: prometheus, headers: {}, metricsProtocol, writeUrl, remoteWriteUrl },
    tempo: { url: tempo, headers: {}, otlpTracesUrl: `${tempoOtlp}/v1/traces` },
    tenancy: 'alone',
  };
}
