// OTLP records as Loki's streams and entries; the conformance cases hold the real server's answers, these the edges.
import { describe, expect, it } from 'vitest';
import { decodeJson } from '../../../wire/otlp/request.ts';
import { entriesOfOtlp } from './otlp-entries.ts';

function translate(resource: Record<string, unknown>, record: Record<string, unknown>) {
  const attributes = Object.entries(resource).map(([key, value]) => ({ key, value }));
  const body = { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }] };
  const [stream] = entriesOfOtlp(decodeJson('logs', Buffer.from(JSON.stringify(body))), 99n);
  const [entry] = stream?.entries ?? [];
  return {
    labels: Object.fromEntries(stream?.labels ?? []),
    ...entry,
    metadata: Object.fromEntries(entry?.metadata ?? []),
  };
}

const text = (stringValue: string) => ({ stringValue });

describe('a resource', () => {
  it('gives stream labels from the attributes that Loki indexes, and metadata from the others', () => {
    const { labels, metadata } = translate(
      { 'service.name': text('api'), 'k8s.pod.name': text('p'), 'host.name': text('h'), 'obs.run.id': text('r-1') },
      {},
    );
    expect(labels).toEqual({ service_name: 'api', k8s_pod_name: 'p' });
    expect(metadata).toMatchObject({ host_name: 'h', obs_run_id: 'r-1' });
  });

  it.each([
    [{}, 'unknown_service'],
    [{ 'service.name': text('') }, 'unknown_service'],
    [{ 'container.name': text('cron') }, 'cron'],
    [{ 'k8s.job.name': text('nightly') }, 'nightly'],
  ])('%j is of service %s', (resource, service) => expect(translate(resource, {}).labels.service_name).toBe(service));
});

describe('a record', () => {
  it.each([
    [{ timeUnixNano: '5', observedTimeUnixNano: '7' }, 5n, '7'],
    [{ observedTimeUnixNano: '7' }, 7n, undefined],
    [{}, 99n, undefined],
  ])('%j has its time, else the observed one, else that of arrival', (record, timeNs, observed) => {
    const entry = translate({}, record);
    expect(entry.timeNs).toBe(timeNs);
    expect(entry.metadata.observed_timestamp).toBe(observed);
  });

  it.each([
    [text('plain'), 'plain'],
    [{ intValue: '9223372036854775807' }, '9223372036854775807'],
    [{ doubleValue: 2.5 }, '2.5'],
    [{ boolValue: true }, 'true'],
    [{ bytesValue: 'AQI=' }, 'AQI='],
    [{ arrayValue: { values: [text('x'), { intValue: '1' }, {}] } }, '["x",1,null]'],
    [
      {
        kvlistValue: {
          values: [
            { key: 'b', value: text('<&>') },
            { key: 'a', value: { boolValue: false } },
          ],
        },
      },
      '{"a":false,"b":"\\u003c\\u0026\\u003e"}',
    ],
    [undefined, ''],
  ])('with the body %j is the line %s', (body, line) => expect(translate({}, body ? { body } : {}).line).toBe(line));

  it('flattens maps, cleans names and keeps ids', () => {
    const { metadata } = translate(
      {},
      {
        attributes: [
          { key: 'http.request-id', value: text('1') },
          { key: 'ctx', value: { kvlistValue: { values: [{ key: 'zone', value: text('z') }] } } },
          { key: '9lives', value: { intValue: '9' } },
          { key: 'tags', value: { arrayValue: { values: [text('a')] } } },
        ],
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        flags: 1,
      },
    );
    expect(metadata).toMatchObject({
      http_request_id: '1',
      ctx_zone: 'z',
      key_9lives: '9',
      tags: '["a"]',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
      flags: '1',
    });
  });

  it.each([
    [{ severityNumber: 17 }, 'error'],
    [{ severityNumber: 9, severityText: 'Information' }, 'info'],
    [{ severityNumber: 21 }, 'fatal'],
    [{ body: text('{"level":"WARN"}') }, 'warn'],
    [{ body: text('{"a":{"severity":"dbg"}}') }, 'debug'],
    [{ body: text('lvl=err msg=x') }, 'error'],
    [{ body: text('an ERROR happened') }, 'error'],
    [{ body: text('xINFOx') }, 'unknown'],
    [{ body: text('nothing') }, 'unknown'],
    [{ attributes: [{ key: 'level', value: text('critical') }] }, 'critical'],
    [{ attributes: [{ key: 'level', value: text('Loud') }] }, 'Loud'],
    [{ attributes: [{ key: 'detected_level', value: text('mine') }], severityNumber: 9 }, 'mine'],
  ])('%j has level %s', (record, level) => expect(translate({}, record).metadata.detected_level).toBe(level));
});
