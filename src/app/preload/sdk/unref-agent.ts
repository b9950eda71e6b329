// Connections to the keeper that do not keep the app's process alive.
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

class UnrefAgent extends Agent {
  override createConnection(...args: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    const socket = super.createConnection(...args);
    // An http agent's connections are net.Sockets.
    (socket as (Duplex & { unref?: () => void }) | undefined)?.unref?.();
    return socket;
  }
}

/** Options of an OTLP exporter for a signal; https endpoints are reached through the exporter's own agent. */
export function makeAgentOptions(signal: 'TRACES' | 'METRICS'): { httpAgentOptions?: () => Agent } {
  const { env } = process;
  const endpoint = env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '';
  return endpoint.startsWith('https:') ? {} : { httpAgentOptions: () => new UnrefAgent({ keepAlive: true }) };
}
