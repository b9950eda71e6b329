// The door for apps in containers, which cannot reach loopback: OTLP/HTTP and nothing else, on the gateway of their bridge.
// Whoever shares that bridge can knock, so it wants a token.
import { makeGuestToken } from '../../model/guest-token.ts';
import { portOffset } from '../../model/ports.ts';
import type { StackState } from '../../model/stack-state.ts';
import { readErrorCode } from '../../std/error-code.ts';
import { requireToken } from '../control/bearer.ts';
import { HttpRefusal } from '../http/refusal.ts';
import { makeHttpPort, type Port } from '../http/shared-port.ts';
import type { Route } from '../http/types.ts';

export interface GuestDoorOptions {
  readonly state: Pick<StackState, 'token' | 'basePort'>;
  /** The receivers of telemetry. */
  readonly routes: readonly Route[];
  /** Makes the server for routes that may also be asked for by these names of the host. */
  readonly makeServer: (routes: readonly Route[], hosts: ReadonlySet<string>) => Parameters<typeof makeHttpPort>[0];
}

/** Names of the host inside of containers, beside the address of the gateway. */
const hostNames = ['host.docker.internal', 'host.containers.internal'];

export class GuestDoor {
  private readonly options: GuestDoorOptions;
  private readonly open = new Map<string, Port>();

  constructor(options: GuestDoorOptions) {
    this.options = options;
  }

  /** Listens on an address of this machine as well; once more is no error. @throws HttpRefusal 409 when it cannot be had */
  async listenOn(address: string): Promise<void> {
    if (this.open.has(address)) return;
    const { state, routes, makeServer } = this.options;
    const guarded = routes.map((route) => ({
      ...route,
      handler: requireToken(makeGuestToken(state.token), route.handler),
    }));
    const port = makeHttpPort(makeServer(guarded, new Set([address, ...hostNames])));
    await bind(port, { host: address, port: state.basePort + portOffset.otlpHttp });
    this.open.set(address, port);
  }

  /** All that was opened, to be closed with the other ports. */
  get ports(): readonly Port[] {
    return [...this.open.values()];
  }
}

function bind({ server }: Port, place: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason = `${place.host}:${place.port} cannot be listened on: ${readErrorCode(error) ?? error.message}`;
      reject(new HttpRefusal(409, reason));
    });
    server.listen({ ...place, exclusive: true }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
