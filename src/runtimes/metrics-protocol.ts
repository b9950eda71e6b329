// How a Prometheus takes metrics. The server is asked, since its OTLP receiver may be switched off, compiled out or, in an old
// version, not there yet.
import { sendHttp } from '../clients/http.ts';
import type { metricsProtocols } from '../model/backend.ts';

export type MetricsProtocol = (typeof metricsProtocols)[number];

const timeoutMs = 5000;

/** Sends an export without metrics: a receiver that is on takes it. */
export async function readMetricsProtocol(prometheusUrl: string): Promise<MetricsProtocol> {
  const { status } = await sendHttp({
    method: 'POST',
    url: `${prometheusUrl}/api/v1/otlp/v1/metrics`,
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(0),
    timeoutMs,
  });
  return status === 200 ? 'otlp' : 'remote-write';
}
