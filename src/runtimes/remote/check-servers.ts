// Asks every remote server, before anything starts, whether it can be reached, knows the credentials, and would take data.
// Nothing is written: what is sent is empty. That data really comes back is the probe's to prove.
import { HttpFailure, sendHttp } from '../../clients/http.ts';
import { ObsError } from '../../errors/obs-error.ts';
import type { Backend } from '../../model/backend.ts';
import { fillVariables, listVariables } from '../../std/variables.ts';

export interface CheckOptions {
  /** Holds the variables that headers name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

interface Check {
  readonly server: 'Loki' | 'Prometheus' | 'Tempo';
  /** The setting in obs.yaml that says where this is. */
  readonly setting: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: Uint8Array;
  readonly contentHeaders?: Readonly<Record<string, string>>;
}

const timeoutMs = 10_000;
const shownChars = 200;
/** An empty message in snappy's block format: its length, 0. */
const emptySnappy = Uint8Array.of(0);

/** Checks all servers at once. @throws OBS_REMOTE_UNREACHABLE, OBS_REMOTE_DENIED or OBS_REMOTE_REFUSED of the first */
export async function checkServers(backend: Backend, options: CheckOptions): Promise<void> {
  await Promise.all(listChecks(backend).map((check) => runCheck(check, options)));
}

// The questions cost the servers nothing and show nothing of other stacks.
function listChecks({ loki, prometheus, tempo }: Backend): readonly Check[] {
  const protobuf = { 'content-type': 'application/x-protobuf' };
  const remoteWrite = { ...protobuf, 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' };
  const ofLoki = { server: 'Loki', headers: loki.headers, setting: 'remote.loki.url' } as const;
  const ofPrometheus = { server: 'Prometheus', headers: prometheus.headers } as const;
  const ofTempo = { server: 'Tempo', headers: tempo.headers } as const;
  const read = (url: string) => ({ method: 'GET', url }) as const;
  const write = (url: string) => ({ method: 'POST', url }) as const;
  return [
    { ...ofLoki, ...read(`${loki.url}/loki/api/v1/query?query=${encodeURIComponent('vector(1)')}`) },
    { ...ofLoki, ...write(`${loki.url}/loki/api/v1/push`), body: emptySnappy, contentHeaders: protobuf },
    { ...ofPrometheus, setting: 'remote.prometheus.url', ...read(`${prometheus.url}/api/v1/query?query=1`) },
    {
      ...ofPrometheus,
      setting: 'remote.prometheus.writeUrl',
      ...write(prometheus.remoteWriteUrl),
      body: emptySnappy,
      contentHeaders: remoteWrite,
    },
    { ...ofTempo, setting: 'remote.tempo.url', ...read(`${tempo.url}/api/search/tags?scope=intrinsic&limit=1`) },
    {
      ...ofTempo,
      setting: 'remote.tempo.writeUrl',
      ...write(tempo.otlpTracesUrl),
      body: new Uint8Array(),
      contentHeaders: protobuf,
    },
  ];
}

async function runCheck(check: Check, { env, signal }: CheckOptions): Promise<void> {
  const { server, method, url, body, setting } = check;
  const secrets = listVariables(Object.values(check.headers));
  const headers = fillHeaders(check.headers, env);
  const answer = await sendHttp({
    method,
    url,
    headers: { ...check.contentHeaders, ...headers },
    ...(body && { body }),
    timeoutMs,
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (!(error instanceof HttpFailure)) throw error;
    const reason = (error.cause instanceof Error ? error.cause.message : error.message).replace(`${url}: `, '');
    throw new ObsError('OBS_REMOTE_UNREACHABLE', { server, url, reason }, { cause: error });
  });
  const { status } = answer;
  const reason = hideSecrets(answer.body.toString('utf8', 0, 2 * shownChars), { secrets, env });
  if (status === 401 || status === 403)
    throw new ObsError('OBS_REMOTE_DENIED', { server, url, status, reason, names: secrets });
  // An empty push is a mistake to some servers (400, 422), but it was for them to make.
  const isGood = method === 'GET' ? status === 200 : status !== 404 && status !== 405 && status < 500;
  if (!isGood) throw new ObsError('OBS_REMOTE_REFUSED', { server, url, status, reason, setting });
}

function fillHeaders(headers: Readonly<Record<string, string>>, env: CheckOptions['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fillVariables(value, env)]));
}

// Some servers repeat the token that they did not like.
function hideSecrets(
  text: string,
  { secrets, env }: { readonly secrets: readonly string[]; readonly env: CheckOptions['env'] },
): string {
  const values = secrets.map((name) => env[name] ?? '').filter((value) => value !== '');
  const hidden = values.reduce((shown, value) => shown.replaceAll(value, '***'), text);
  return hidden
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .slice(0, shownChars)
    .trim();
}
