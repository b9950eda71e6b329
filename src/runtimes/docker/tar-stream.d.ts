// The part of tar-stream 2 that obs uses; the package comes without types.
declare module 'tar-stream' {
  export interface Pack extends AsyncIterable<Buffer> {
    entry(header: { readonly name: string; readonly mode?: number }, contents: string | Buffer): void;
    finalize(): void;
  }
  const tarStream: { pack(): Pack };
  export default tarStream;
}
