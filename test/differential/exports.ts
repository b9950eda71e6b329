// What `run-ingest.mjs` sends: random exports by signal, which a seed repeats.
export { Random } from '../promql/random.ts';
export { makeLogsExport } from './random-logs.ts';
export { makeMetricsExport } from './random-metrics.ts';
export { makeTraceExport } from './random-spans.ts';
