// Memory for one large answer, used again when that was sent: the system hands out memory page by page when it is first written
// to, which takes longer than writing a trace into it.

/** Room is taken in pieces of this size, so that an answer a little longer than the last one finds enough. */
const pieceBytes = 1024 * 1024;
/** More is not held. */
const mostHeldBytes = 8 * 1024 * 1024;

export class SpareRoom {
  private spare: Buffer | undefined;

  /** A buffer of at least so many bytes, the taker's own until given back. */
  take(sizeBytes: number): Buffer {
    const { spare } = this;
    if (spare === undefined || spare.length < sizeBytes)
      return Buffer.allocUnsafeSlow(Math.ceil(sizeBytes / pieceBytes) * pieceBytes);
    this.spare = undefined;
    return spare;
  }

  /** Takes the whole memory of a buffer that nobody reads any more; of two, the larger is held. */
  give({ buffer }: Buffer): void {
    if (buffer.byteLength <= mostHeldBytes && buffer.byteLength > (this.spare?.length ?? 0))
      this.spare = Buffer.from(buffer);
  }
}
