// Telemetry in which everything that an app can choose bears its owner's name: services, lines, metrics, attributes and
// their values. So one look at an answer tells whose telemetry is in it.
import type { Signal } from '../../src/wire/otlp/request.ts';

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const now = () => BigInt(Date.now()) * 1_000_000n;

/** 16 bytes that name the owner. */
export const traceIdOf = (owner: string) => Buffer.from(owner.padEnd(16, '-')).toString('hex');

/** One export of each signal. `claims` is what the app says its stack is. */
export function makeExports(owner: string, claims?: string): Readonly<Record<Signal, object>> {
  const resource = {
    attributes: [
      text('service.name', `${owner}-web`),
      text('service.instance.id', `${owner}-1`),
      text(`${owner}.host`, owner),
      ...(claims === undefined ? [] : [text('obs.stack', claims), text('obs_stack', claims)]),
    ],
  };
  const attributes = [text(`${owner}.kind`, `${owner}-kind`), text('kind', `${owner}-kind`)];
  const time = String(now());
  const record = { timeUnixNano: time, severityNumber: 17, body: { stringValue: `${owner} says hello` }, attributes };
  const exemplars = [{ timeUnixNano: time, asDouble: 1, filteredAttributes: attributes }];
  const point = { timeUnixNano: time, startTimeUnixNano: time, asInt: '7', attributes };
  const span = {
    traceId: traceIdOf(owner),
    spanId: traceIdOf(owner).slice(0, 16),
    name: `${owner} work`,
    startTimeUnixNano: time,
    endTimeUnixNano: String(now() + 5_000_000n),
    attributes,
  };
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...point, exemplars }] };
  return {
    logs: { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] },
    metrics: {
      resourceMetrics: [
        {
          resource,
          scopeMetrics: [
            {
              metrics: [
                { name: 'jobs', sum },
                { name: `${owner}.size`, gauge: { dataPoints: [point] } },
              ],
            },
          ],
        },
      ],
    },
    traces: { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] },
  };
}
