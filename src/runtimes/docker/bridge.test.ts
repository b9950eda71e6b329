// The gateway of a bridge, as engines tell it.
import { expect, test } from 'vitest';
import { readGateway } from './bridge.ts';

test.each([
  [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.9' }, '172.17.0.9'],
  [{ Subnet: '172.17.0.0/16' }, '172.17.0.1'],
  [{ Subnet: '10.1.2.128/25', Gateway: '' }, '10.1.2.129'],
])('of %j is %s', (range, gateway) => {
  expect(readGateway(range, 'Docker')).toBe(gateway);
});

test.each([[{ Subnet: 'fd00::/64' }], [{}], [undefined]])('of %j there is none', (range) => {
  expect(() => readGateway(range, 'Docker')).toThrow(
    expect.objectContaining({ code: 'OBS_DOCKER_NO_BRIDGE', exit: 4 }),
  );
});
