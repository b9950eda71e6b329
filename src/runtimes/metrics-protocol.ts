// How a Prometheus takes metrics: asked of the server, since its OTLP receiver may be switched off or compiled out.
import { sendHttp } from '../clients/http.ts';
import type { metricsProtocols } from '../model/backend.ts';

export async function readMetricsProtocol(url: string): Promise<(typeof metricsProtocols)[number]> {
  const asked = await sendHttp({
    method: 'POST',
    url: `${url}/api/v1/otlp/v1/metrics`,
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(0),
    timeoutMs: 5000,
  });
  return asked.status === 200 ? 'otlp' : 'remote-write';
}
