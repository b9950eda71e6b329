// The servers behind a stack that does not store itself, as the keeper reaches them.
import type { Backend } from '../../model/backend.ts';
import type { ServerRole } from '../tenancy/tenancy.ts';
import { fillHeaders } from './fill-headers.ts';

export interface Upstream {
  /** As people call it: messages name it. */
  readonly name: string;
  /** Base URL of its query API, without a slash at the end. */
  readonly url: string;
  /** Sent with every request; made anew each time, so that secrets stay in the environment. */
  readonly headers: () => Readonly<Record<string, string>>;
}

export type Upstreams = Readonly<Record<ServerRole, Upstream>>;

const names: Readonly<Record<ServerRole, string>> = { loki: 'Loki', prometheus: 'Prometheus', tempo: 'Tempo' };

/** The three servers of a backend. `env` holds what its headers refer to. */
export function makeUpstreams(backend: Backend, env: Readonly<Record<string, string | undefined>>): Upstreams {
  const make = (role: ServerRole): Upstream => {
    const { url, headers } = backend[role];
    return { name: names[role], url, headers: () => fillHeaders(headers, env) };
  };
  return { loki: make('loki'), prometheus: make('prometheus'), tempo: make('tempo') };
}
