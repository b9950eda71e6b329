// The servers behind a stack that does not store itself (docker, native, remote). The keeper holds the stack's ports in
// every runtime and passes on what comes in: docs/decisions/0007.
import { z } from 'zod';

/** Text that may name secrets as `${NAME}`; the keeper fills them in from its environment and never writes them down. */
const headersSchema = z.record(z.string(), z.string());

const serverSchema = z.strictObject({
  /** Base URL of its query API, without a slash at the end. */
  url: z.string(),
  headers: headersSchema.default({}),
});

/** How Prometheus takes metrics: its OTLP receiver may be switched off, or compiled out. */
export const metricsProtocols = ['otlp', 'remote-write'] as const;

export const backendSchema = z.strictObject({
  loki: serverSchema.extend({ /** Takes OTLP logs. */ otlpLogsUrl: z.string() }),
  prometheus: serverSchema.extend({
    metricsProtocol: z.enum(metricsProtocols),
    /** Takes OTLP metrics or remote write, as `metricsProtocol` says. */
    writeUrl: z.string(),
    /** Takes remote write, for what was scraped. */
    remoteWriteUrl: z.string(),
  }),
  tempo: serverSchema.extend({ /** Takes OTLP traces. */ otlpTracesUrl: z.string() }),
  /**
   * alone: the servers hold nothing but this stack · shared: other stacks write there, too, so every query is narrowed to
   * `obs_stack`.
   */
  tenancy: z.enum(['alone', 'shared']),
});
export type Backend = z.infer<typeof backendSchema>;
