// IP ranges: single addresses, prefixes and spans of both families.
import { describe, expect, it } from 'vitest';
import { parseIpRange } from './ip-range.ts';

describe('a range', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.0/8', '10.255.1.2', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['192.168.0.1-192.168.0.9', '192.168.0.9', true],
    ['192.168.0.1-192.168.0.9', '192.168.0.10', false],
    ['2001:db8::/32', '2001:db8:1::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['::ffff:0:0/96', '::ffff:1.2.3.4', true],
    ['10.0.0.0/8', '::1', false],
    ['10.0.0.0/8', 'text', false],
  ])('%s contains %s: %s', (range, address, inside) => expect(parseIpRange(range)?.contains(address)).toBe(inside));

  it.each(['300.1.1.1', '10.0.0', '10.0.0.1/33', '01.0.0.1', '1:2', '::1::', 'a-b', '10.0.0.9-10.0.0.1', ''])(
    '%j is none',
    (text) => expect(parseIpRange(text)).toBeUndefined(),
  );
});
