// Random OTLP logs: bodies of all types, severities as numbers and texts, ids, times that are missing.
import type { Random } from '../promql/random.ts';
import { makeAttributes, makeId, makeResource, makeScope, makeValue } from './random-values.ts';

const lines = [
  'level=warn msg="slow"',
  '{"level":"error","msg":"no"}',
  'panic: oh no',
  'GET /items 200',
  '[INFO] started',
  '',
  'a\nb',
] as const;
const severities = ['', 'INFO', 'warn', 'Error', 'FATAL2', 'trace', 'Information', 'notice', 'verbose'] as const;

/** An export of up to three records of one service. */
export function makeLogsExport(random: Random, { service, timeNs }: { service: string; timeNs: bigint }): object {
  const logRecords = Array.from({ length: 1 + random.below(3) }, (_, i) => makeRecord(random, timeNs + BigInt(i)));
  const scopeLogs = [{ scope: makeScope(random), logRecords }];
  return { resourceLogs: [{ resource: makeResource(random, service), scopeLogs }] };
}

function makeRecord(random: Random, timeNs: bigint): object {
  const some = <T extends object>(probability: number, part: T) => (random.chance(probability) ? part : {});
  const isObservedOnly = random.chance(0.2);
  return {
    ...(isObservedOnly ? {} : { timeUnixNano: String(timeNs) }),
    ...(isObservedOnly || random.chance(0.5) ? { observedTimeUnixNano: String(timeNs) } : {}),
    body: random.chance(0.5) ? { stringValue: random.pick(lines) } : makeValue(random),
    attributes: makeAttributes(random),
    ...some(0.5, { severityNumber: random.below(26) }),
    ...some(0.5, { severityText: random.pick(severities) }),
    ...some(0.4, { traceId: makeId(random, 16), spanId: makeId(random, 8) }),
    ...some(0.3, { flags: random.below(300) }),
    ...some(0.2, { droppedAttributesCount: 1 + random.below(4) }),
    ...some(0.2, { eventName: 'session.start' }),
  };
}
