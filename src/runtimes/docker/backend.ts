// Where the keeper finds the servers that run in the containers of a stack.
import type { Backend } from '../../model/backend.ts';
import { readMetricsProtocol } from '../metrics-protocol.ts';
import { containerPlaces, type ServerName } from '../servers.ts';
import type { StartedContainer } from './ready.ts';

/** The backend that the started containers are. */
export async function makeBackend(started: readonly StartedContainer[]): Promise<Backend> {
  const find = (server: ServerName): StartedContainer => {
    const found = started.find(({ role }) => role === server);
    if (found === undefined) throw new Error(`${server} was not started`);
    return found;
  };
  const [loki, prometheus, tempo] = [find('loki').url, find('prometheus').url, find('tempo')];
  const metricsProtocol = await readMetricsProtocol(prometheus);
  const remoteWriteUrl = `${prometheus}/api/v1/write`;
  const otlpUrl = `${prometheus}/api/v1/otlp/v1/metrics`;
  return {
    loki: { url: loki, headers: {}, otlpLogsUrl: `${loki}/otlp/v1/logs` },
    prometheus: {
      url: prometheus,
      headers: {},
      metricsProtocol,
      writeUrl: metricsProtocol === 'otlp' ? otlpUrl : remoteWriteUrl,
      remoteWriteUrl,
    },
    tempo: {
      url: tempo.url,
      headers: {},
      otlpTracesUrl: `${tempo.urls[containerPlaces.tempo.otlpHttpPort]}/v1/traces`,
    },
    tenancy: 'alone',
  };
}
