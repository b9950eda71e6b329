// Checks of the stack and of the machine around it: versions, sockets, servers, what arrived and what was refused.
import { sendHttp } from '../../clients/http.ts';
import { probeServiceName } from '../../model/attributes.ts';
import type { Arrival } from '../../model/keeper-api.ts';
import { findRuntime } from '../../runtimes/choose.ts';
import { checkBind } from '../../std/bind-check.ts';
import { formatDurationMs } from '../../std/quantity.ts';
import { type Check, fail, note, ok, warn } from './check.ts';

const serverTimeoutMs = 2000;
const shownRefusals = 5;

export const stackChecks: readonly Check[] = [
  { name: 'node', run: async () => [checkNode(process.versions.node)] },
  {
    name: 'sockets',
    run: async () => {
      // Port 0: any free one; only the permission is asked for.
      const result = await checkBind(0);
      if (result === 'free') return [ok('listening on 127.0.0.1 is allowed')];
      return [fail(`listening on 127.0.0.1 fails with ${result}: this is a sandbox`, 'obs mcp --help')];
    },
  },
  {
    name: 'container engine',
    run: async ({ config, context }) => {
      if (config === undefined) return [];
      const { usable, reason } = await findRuntime('docker').examine({
        ...config,
        env: context.env,
        pull: false,
        grafana: false,
      });
      return [usable ? ok(reason) : note(`the docker runtime cannot be used: ${reason}`)];
    },
  },
  {
    name: 'servers',
    run: async ({ stack }) => {
      if (stack === undefined) return [];
      const { loki, prometheus, tempo } = stack.endpoints;
      const urls = { loki: `${loki}/ready`, prometheus: `${prometheus}/-/ready`, tempo: `${tempo}/ready` };
      return Promise.all(Object.entries(urls).map(([server, url]) => checkServer(server, url)));
    },
  },
  {
    name: 'keeper',
    run: async ({ stack }) => {
      const status = await stack?.keeper.status({ timeoutMs: serverTimeoutMs });
      return (status?.warnings ?? []).map((warning) => warn(warning, 'obs status'));
    },
  },
  {
    name: 'arrivals',
    run: async ({ stack, context }) => {
      if (stack === undefined) return [];
      const { arrivals } = await stack.keeper.arrivals({ timeoutMs: serverTimeoutMs });
      const ofApps = arrivals.filter(({ service }) => service !== probeServiceName && service !== 'obs');
      if (ofApps.length === 0) return [warn('no telemetry of any app has arrived yet', 'obs run -- npm start')];
      return joinRuns(ofApps).map(({ signal, service, records, protocol, lastAtMs }) => {
        const ago = formatDurationMs(Math.max(0, Math.round((context.nowMs() - lastAtMs) / 1000) * 1000));
        const what = `${records} ${recordNames[signal]} of ${service ?? '(no service.name)'}`;
        return ok(`${what} over ${protocol}, the last ${ago} ago`);
      });
    },
  },
  {
    name: 'refusals',
    run: async ({ stack }) => {
      if (stack === undefined) return [];
      const { refusals } = await stack.keeper.arrivals({ timeoutMs: serverTimeoutMs });
      return refusals
        .slice(-shownRefusals)
        .map(({ path, status, reason }) =>
          warn(`a request to ${path} was refused with ${status}: ${reason}`, 'obs env'),
        );
    },
  },
  {
    name: 'environment',
    run: async ({ context: { env }, stack }) => [
      ...checkProxy(env),
      ...checkTelemetrySettings(env, stack?.endpoints.otlpHttp),
    ],
  },
];

const recordNames = { logs: 'log records', metrics: 'samples', traces: 'spans' } as const;

/** What came from one service in one way, whichever run sent it. */
export function joinRuns(arrivals: readonly Arrival[]): Arrival[] {
  const joined = new Map<string, Arrival>();
  for (const one of arrivals) {
    const key = JSON.stringify([one.service, one.signal, one.protocol]);
    const known = joined.get(key);
    const records = one.records + (known?.records ?? 0);
    joined.set(key, { ...one, records, lastAtMs: Math.max(one.lastAtMs, known?.lastAtMs ?? 0) });
  }
  return [...joined.values()].sort((one, other) => (one.service ?? '').localeCompare(other.service ?? ''));
}

/** Node 20.19 and 22.12 are the first with what obs needs. */
export function checkNode(version: string) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  return fits ? ok(version) : fail(`${version} is older than 20.19 or 22.12`, 'nvm install --lts');
}

async function checkServer(server: string, url: string) {
  try {
    const { status } = await sendHttp({ method: 'GET', url, timeoutMs: serverTimeoutMs });
    return status === 200 ? ok(`${server} is ready`) : fail(`${url} answered ${status}`, 'obs down && obs up');
  } catch (error) {
    return fail(`${server}: ${error instanceof Error ? error.message : String(error)}`, 'obs down && obs up');
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Clients such as Python's send 127.0.0.1 through a proxy unless NO_PROXY names it. */
export function checkProxy(env: Environment) {
  const proxy = env.HTTP_PROXY ?? env.http_proxy;
  const exceptions = (env.NO_PROXY ?? env.no_proxy ?? '').split(',').map((host) => host.trim());
  if (proxy === undefined || exceptions.includes('*') || exceptions.includes('127.0.0.1')) return [];
  const detail = `HTTP_PROXY is ${proxy}, and NO_PROXY does not name 127.0.0.1: apps started by hand may send there`;
  return [warn(detail, 'eval "$(obs env)"')];
}

const switches: readonly { name: string; isOff: (value: string) => boolean; effect: string }[] = [
  { name: 'OTEL_SDK_DISABLED', isOff: (value) => /^true$/i.test(value), effect: 'no SDK sends anything' },
  ...['TRACES', 'METRICS', 'LOGS'].map((signal) => ({
    name: `OTEL_${signal}_EXPORTER`,
    isOff: (value: string) => !/\botlp\b/.test(value),
    effect: `${signal.toLowerCase()} go elsewhere`,
  })),
  {
    name: 'OTEL_TRACES_SAMPLER',
    isOff: (value) => value !== 'parentbased_always_on' && value !== 'always_on',
    effect: 'traces may be left out',
  },
];

/** Settings of the person that keep telemetry away from the stack. */
export function checkTelemetrySettings(env: Environment, otlpHttp: string | undefined) {
  const off = switches.flatMap(({ name, isOff, effect }) => {
    const value = env[name];
    return value !== undefined && isOff(value) ? [warn(`${name}=${value}: ${effect}`, `unset ${name}`)] : [];
  });
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const elsewhere = endpoint !== undefined && endpoint !== otlpHttp;
  return [...off, ...(elsewhere ? [note(`OTEL_EXPORTER_OTLP_ENDPOINT is ${endpoint}, not this stack`)] : [])];
}
