// The storage of docker, native and remote stacks: telemetry is passed on to the servers, and so are questions.
import type { Backend } from '../model/backend.ts';
import { ForwardSink } from './forward/forward-sink.ts';
import { makeMetadataRoute } from './proxy/metadata.ts';
import { makeProxy } from './proxy/proxy.ts';
import { makeTunnels } from './proxy/tunnel.ts';
import type { QueryApi, Storage, StorageOptions } from './storage.ts';
import { chooseTenancy } from './tenancy/choose.ts';
import type { ServerRole } from './tenancy/tenancy.ts';
import { makeUpstreams } from './upstream/upstream.ts';

export async function makeForwarding(options: StorageOptions & { readonly backend: Backend }): Promise<Storage> {
  const { stackDir, state, metadata, bounds, nowMs, log, backend } = options;
  const { marker, narrowers } = await chooseTenancy(backend, state.stackId);
  const upstreams = makeUpstreams(backend, process.env);
  const onNote = (note: string) => log('warn', note);
  const sink = new ForwardSink({ stackDir, backend, upstreams, marker, bounds, metadata, nowMs, onNote });
  const make = (role: ServerRole, own: QueryApi['routes']): QueryApi => {
    const proxied = { upstream: upstreams[role], narrower: narrowers[role] };
    return { routes: own, rest: makeProxy(proxied), upgrade: makeTunnels(proxied) };
  };
  const apis = {
    loki: make('loki', []),
    prometheus: make('prometheus', [makeMetadataRoute(() => metadata.list())]),
    tempo: make('tempo', []),
  };
  return { sink, apis, replay: () => Promise.resolve(sink.restore()) };
}
