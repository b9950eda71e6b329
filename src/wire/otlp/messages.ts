// Messages of OTLP one by one, for who puts a body together from parts.
import type { MessageCodec } from './codec.ts';
import { ProtoWriter } from './proto-writer.ts';

export { keyValue } from './any-value.ts';
export { resourceCodec, scopeCodec } from './common.ts';
export { newSpan, span as spanCodec } from './traces.ts';

/** The fields of one message as protobuf. */
export function encodeMessage<T>(codec: MessageCodec<T>, value: T): Buffer {
  const writer = new ProtoWriter();
  codec.writeFields(value, writer);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
