// What of a log is the probe's.
import { expect, test } from 'vitest';
import { probeServiceName } from '../../model/attributes.ts';
import { encodeProtobuf } from '../../wire/otlp/request.ts';
import { isProbeExport } from './probe-export.ts';

const text = (value: string) => ({ kind: 'string', value }) as const;
const groupOf = (service: string, attribute = 'service.name') => ({
  resource: { attributes: [{ key: attribute, value: text(service) }], droppedAttributesCount: 0 },
  schemaUrl: '',
  scopes: [],
});

test.each([
  ['by the probe alone', [groupOf(probeServiceName)], true],
  ['by the probe and an app', [groupOf(probeServiceName), groupOf('shop')], false],
  ['by an app that speaks of the probe', [groupOf(probeServiceName, 'peer.service')], false],
  ['by an app', [groupOf('shop')], false],
  ['longer than the probe sends', Array.from({ length: 99 }, () => groupOf(probeServiceName)), false],
])('an export %s', (_, groups, expected) => {
  expect(isProbeExport('traces', encodeProtobuf('traces', groups))).toBe(expected);
});
