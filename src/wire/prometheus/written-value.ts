// A value as remote write carries it: a float, where one NaN of all is the mark that a series has ended.
// https://prometheus.io/docs/specs/prw/remote_write_spec/#stale-markers
import type { Codec } from '../otlp/codec.ts';
import { MalformedOtlp } from '../otlp/malformed.ts';
import { wireType } from '../otlp/proto-reader.ts';

/** A float, or the mark that the series has ended. */
export type WrittenValue = number | 'stale';

/** JavaScript keeps no bits of a NaN, so the mark is told apart before it becomes a number. */
const staleBits = 0x7ff0_0000_0000_0002n;

export const writtenValue: Codec<WrittenValue> = {
  wire: wireType.fixed64,
  fromProto: (reader) => {
    const bits = reader.readUint64();
    return bits === staleBits ? 'stale' : toFloat(bits);
  },
  fromJson: () => {
    throw new MalformedOtlp('remote write has no JSON form');
  },
  toProto: (of, writer) => (of === 'stale' ? writer.writeUint64(staleBits) : writer.writeDouble(of)),
  toJson: (of) => of,
  isUnset: () => false,
};

function toFloat(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}
