// The port block of a worktree: 16 sticky ports, each with a fixed meaning.

export const portRange = { first: 20_000, last: 32_767, blockSize: 16 } as const;

/** Offsets inside the block of 16. */
export const portOffset = {
  loki: 0,
  prometheus: 1,
  tempo: 2,
  otlpHttp: 3,
  otlpGrpc: 4,
  grafana: 5,
  page: 6,
  mcp: 7,
  firstApp: 8,
} as const;

/** Name, among the ports of a run, of the one at which browsers get its pages with the loader in them. */
export const frontPortName = 'browser';

/** How many apps of a worktree can have a sticky port. */
export const appPortCount = portRange.blockSize - portOffset.firstApp;

export interface Endpoints {
  readonly loki: string;
  readonly prometheus: string;
  readonly tempo: string;
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  readonly otlpLogs: string;
  readonly otlpMetrics: string;
  readonly otlpTraces: string;
}

/** The endpoints of a stack whose five listeners sit on `basePort…basePort+4` of 127.0.0.1. */
export function makeEndpoints(basePort: number): Endpoints {
  const url = (offset: number) => `http://127.0.0.1:${basePort + offset}`;
  const otlp = url(portOffset.otlpHttp);
  return {
    loki: url(portOffset.loki),
    prometheus: url(portOffset.prometheus),
    tempo: url(portOffset.tempo),
    otlpHttp: otlp,
    otlpGrpc: url(portOffset.otlpGrpc),
    otlpLogs: `${otlp}/v1/logs`,
    otlpMetrics: `${otlp}/v1/metrics`,
    otlpTraces: `${otlp}/v1/traces`,
  };
}
