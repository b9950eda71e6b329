// Types of snappyjs, which ships none: raw snappy blocks, both ways.
declare module 'snappyjs' {
  /** @throws Error on a broken block, or when it is larger than `maxLength`. */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
