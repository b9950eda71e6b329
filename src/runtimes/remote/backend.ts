// What obs.yaml says of remote servers, as the keeper needs it: where each is asked, where it takes data, and headers in
// which secrets still stand by their names.
import type { ObsConfig } from '../../config/schema.ts';
import type { Backend } from '../../model/backend.ts';

type RemoteSettings = ObsConfig['remote'];
/** Settings that name all three servers; the schema takes all or none. */
export type CompleteRemote = { readonly [Server in keyof RemoteSettings]-?: NonNullable<RemoteSettings[Server]> };

/** The settings, if there are any. */
export function readRemote({ loki, prometheus, tempo }: RemoteSettings): CompleteRemote | undefined {
  return loki && prometheus && tempo ? { loki, prometheus, tempo } : undefined;
}

/** The backend that settings describe; it is shared with other stacks, whatever else it holds. */
export function makeRemoteBackend({ loki, prometheus, tempo }: CompleteRemote): Backend {
  const remoteWriteUrl = prometheus.writeUrl ?? guessRemoteWriteUrl(trimSlash(prometheus.url));
  return {
    loki: { ...makeServer(loki), otlpLogsUrl: `${trimSlash(loki.url)}/otlp/v1/logs` },
    // Remote write is taken by every Prometheus, Mimir and cloud there is, and says itself which labels a series has.
    prometheus: {
      ...makeServer(prometheus),
      metricsProtocol: 'remote-write',
      writeUrl: remoteWriteUrl,
      remoteWriteUrl,
    },
    tempo: { ...makeServer(tempo), otlpTracesUrl: tempo.writeUrl ?? guessTracesUrl(trimSlash(tempo.url)) },
    tenancy: 'shared',
  };
}

interface ServerSettings {
  readonly url: string;
  readonly tenant?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

function makeServer({ url, tenant, headers }: ServerSettings) {
  return { url: trimSlash(url), headers: { ...headers, ...(tenant !== undefined && { 'X-Scope-OrgID': tenant }) } };
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** Where query and write APIs of the same server do not have the same root: [end of the query URL, write path instead]. */
const writeRoots: readonly (readonly [RegExp, string])[] = [
  // https://grafana.com/docs/mimir/latest/references/http-api/
  [/\/prometheus$/, '/api/v1/push'],
  // https://grafana.com/docs/grafana-cloud/send-data/metrics/metrics-prometheus/
  [/\/api\/prom$/, '/api/prom/push'],
];

function guessRemoteWriteUrl(url: string): string {
  const root = writeRoots.find(([end]) => end.test(url));
  return root === undefined ? `${url}/api/v1/write` : url.replace(...root);
}

// One Tempo process takes OTLP on a port of its own; gateways before a cluster take it beside the query API.
function guessTracesUrl(text: string): string {
  const url = new URL(text);
  if (url.port === '3200') {
    url.port = '4318';
    url.pathname = '';
  }
  return `${trimSlash(url.href)}/v1/traces`;
}
