// IP addresses and ranges of them: one address, a prefix (10.0.0.0/8), or two addresses with a dash between.

type Address = { readonly bits: 32 | 128; readonly value: bigint };

/** A set of addresses that lie together. */
export interface IpRange {
  /** Is this text an address within the range? */
  contains(text: string): boolean;
}

/** Reads an address; undefined if the text is none. IPv4 within IPv6 (::ffff:1.2.3.4) is IPv6. */
export function parseIpAddress(text: string): Address | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

/** Reads a range; undefined if the text is none. */
export function parseIpRange(text: string): IpRange | undefined {
  const bounds = parsePrefix(text) ?? parseDashed(text) ?? parseSingle(text);
  if (bounds === undefined) return undefined;
  const { from, to } = bounds;
  return {
    contains(candidate) {
      const address = parseIpAddress(candidate);
      if (address === undefined || address.bits !== from.bits) return false;
      return address.value >= from.value && address.value <= to.value;
    },
  };
}

type Bounds = { readonly from: Address; readonly to: Address };

function parseSingle(text: string): Bounds | undefined {
  const address = parseIpAddress(text);
  return address && { from: address, to: address };
}

function parseDashed(text: string): Bounds | undefined {
  const [left, right, ...more] = text.split('-');
  if (left === undefined || right === undefined || more.length > 0) return undefined;
  const from = parseIpAddress(left.trim());
  const to = parseIpAddress(right.trim());
  return from && to && from.bits === to.bits && from.value <= to.value ? { from, to } : undefined;
}

function parsePrefix(text: string): Bounds | undefined {
  const found = /^([^/]+)\/([0-9]{1,3})$/.exec(text);
  const address = found && parseIpAddress(found[1] ?? '');
  const length = Number(found?.[2]);
  if (!address || length > address.bits) return undefined;
  const host = (1n << BigInt(address.bits - length)) - 1n;
  const base = address.value & ~host;
  return { from: { bits: address.bits, value: base }, to: { bits: address.bits, value: base | host } };
}

function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return { bits: 32, value };
}

function parseV6(text: string): Address | undefined {
  const [address = ''] = text.split('%');
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(readGroups);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return { bits: 128, value: groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n) };
}

function readGroups(half: string): number[] | undefined {
  if (half === '') return [];
  const parts = half.split(':');
  const last = parts.at(-1) ?? '';
  const embedded = last.includes('.') ? parseV4(last) : undefined;
  if (last.includes('.')) {
    if (embedded === undefined) return undefined;
    parts.splice(-1, 1, (embedded.value >> 16n).toString(16), (embedded.value & 0xffffn).toString(16));
  }
  if (!parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  return parts.map((part) => Number.parseInt(part, 16));
}
