// The environment that makes an app send its telemetry to one stack. Pure, because both `obs env` and `obs run` give it
// out. What the person set is kept and extended; there is no secret in it. Names follow the OpenTelemetry specification,
// "Environment Variable Specification".
import { identityAttribute } from '../model/attributes.ts';
import type { Endpoints } from '../model/ports.ts';

export interface EnvironmentRequest {
  readonly endpoints: Pick<Endpoints, 'otlpHttp'>;
  readonly identity: {
    readonly stackId: string;
    readonly worktree: string;
    readonly branch: string | null;
    readonly commit: string | null;
    /** Only when obs boots the app itself. */
    readonly runId?: string;
  };
  /** `service.name`, where obs knows it. */
  readonly service?: string;
  /** File of the Node preload; undefined leaves NODE_OPTIONS alone. */
  readonly preload?: string;
  /** For an app in a container: the host under which it finds the stack, and the token that lets it in. */
  readonly guest?: { readonly host: string; readonly token: string };
  /** What the person has set: lists in it are extended, not replaced. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

/** Delays that let a query right after a request find its telemetry, in milliseconds. */
const exportDelaysMs = { batch: 100, metrics: 1000 } as const;

const loopbackHosts = ['127.0.0.1', 'localhost'] as const;

/** The variables to set, and nothing else; merge them over the inherited environment. */
export function makeEnvironment(request: EnvironmentRequest): Record<string, string> {
  const { inherited, guest } = request;
  const hosts = guest === undefined ? loopbackHosts : [...loopbackHosts, guest.host];
  const noProxy = extendList(inherited.NO_PROXY ?? inherited.no_proxy, hosts);
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: request.endpoints.otlpHttp,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    ...(guest === undefined ? {} : { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${guest.token}` }),
    ...redirectSignals(request),
    OTEL_BSP_SCHEDULE_DELAY: inherited.OTEL_BSP_SCHEDULE_DELAY || String(exportDelaysMs.batch),
    OTEL_BLRP_SCHEDULE_DELAY: inherited.OTEL_BLRP_SCHEDULE_DELAY || String(exportDelaysMs.batch),
    OTEL_METRIC_EXPORT_INTERVAL: inherited.OTEL_METRIC_EXPORT_INTERVAL || String(exportDelaysMs.metrics),
    OTEL_SEMCONV_STABILITY_OPT_IN: extendList(inherited.OTEL_SEMCONV_STABILITY_OPT_IN, ['http', 'database']),
    OTEL_RESOURCE_ATTRIBUTES: makeResourceAttributes(request),
    ...(request.service === undefined ? {} : { OTEL_SERVICE_NAME: request.service }),
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    ...(request.preload === undefined
      ? {}
      : { NODE_OPTIONS: makeNodeOptions(inherited.NODE_OPTIONS, request.preload) }),
  };
}

/** What the person set for one signal would win over what is set for all. */
function redirectSignals({ endpoints, inherited }: EnvironmentRequest): Record<string, string> {
  const ours = ['traces', 'metrics', 'logs'].flatMap((signal) => {
    const prefix = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`;
    return [
      [`${prefix}_ENDPOINT`, `${endpoints.otlpHttp}/v1/${signal}`],
      [`${prefix}_PROTOCOL`, 'http/protobuf'],
    ] as const;
  });
  return Object.fromEntries(ours.filter(([name]) => inherited[name]));
}

function makeResourceAttributes({ identity, inherited }: EnvironmentRequest): string {
  const ours = new Map<string, string | null | undefined>([
    [identityAttribute.worktree, identity.worktree],
    [identityAttribute.stack, identity.stackId],
    [identityAttribute.branch, identity.branch],
    [identityAttribute.commit, identity.commit],
    [identityAttribute.runId, identity.runId],
  ]);
  const kept = (inherited.OTEL_RESOURCE_ATTRIBUTES ?? '')
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !ours.has(pair.slice(0, pair.indexOf('=')).trim()));
  const added = [...ours].flatMap(([key, value]) => (value == null ? [] : [`${key}=${encodeAttributeValue(value)}`]));
  return [...kept, ...added].join(',');
}

// W3C baggage octets, as the specification demands; `/` and `:` need no escape there, and readers of the text profit.
function encodeAttributeValue(value: string): string {
  return encodeURIComponent(value).replaceAll('%2F', '/').replaceAll('%3A', ':');
}

function makeNodeOptions(inherited: string | undefined, preload: string): string {
  const quoted = /["\s\\]/.test(preload) ? `"${preload.replace(/["\\]/g, '\\$&')}"` : preload;
  const flag = `--require=${quoted}`;
  if (inherited === undefined || inherited.trim() === '') return flag;
  return inherited.includes(flag) ? inherited : `${inherited} ${flag}`;
}

function extendList(inherited: string | undefined, wanted: readonly string[]): string {
  const items = (inherited ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  // A lone * in NO_PROXY already covers every host, and some clients read it only when it stands alone.
  if (items.includes('*')) return '*';
  return [...items, ...wanted.filter((item) => !items.includes(item))].join(',');
}
