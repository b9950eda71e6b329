// The protobuf writer of the encoders: `pbf` plus 64-bit integers without loss.
import { PbfWriter } from 'pbf';

export class ProtoWriter extends PbfWriter {
  writeUint64(value: bigint): void {
    this.realloc(8);
    this.dataView.setBigUint64(this.pos, BigInt.asUintN(64, value), true);
    this.pos += 8;
  }

  writeInt64Fixed(value: bigint): void {
    this.writeUint64(value);
  }

  /** int64 as a varint: negative numbers take ten bytes, as in every protobuf implementation. */
  writeInt64(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) {
      this.writeVarint(value);
      return;
    }
    let bits = BigInt.asUintN(64, BigInt(value));
    while (bits > 0x7fn) {
      this.writeVarintByte(Number(bits & 0x7fn) | 0x80);
      bits >>= 7n;
    }
    this.writeVarintByte(Number(bits));
  }

  writeHex(hex: string): void {
    this.writeBytes(Buffer.from(hex, 'hex'));
  }

  private writeVarintByte(byte: number): void {
    this.realloc(1);
    this.buf[this.pos++] = byte;
  }
}
