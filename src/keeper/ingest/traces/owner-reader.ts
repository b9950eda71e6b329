// Resources and scopes of spans. Exporters send the same ones with every export, so the last few are known by their bytes
// and come out as the very same objects, found free of secrets before.
import { resourceCodec, scopeCodec } from '../../../wire/otlp/common.ts';
import { type ProtoReader, wireType } from '../../../wire/otlp/proto-reader.ts';
import type { KeyValue, Resource, Scope } from '../../../wire/otlp/types.ts';
import type { Masker } from '../../mask/mask-request.ts';
import { TakesLongWay } from './takes-long-way.ts';

const maxKnown = 256;
const longestKnown = 8192;

interface Owner {
  readonly attributes: readonly KeyValue[];
}

export class OwnerReader {
  private readonly masker: Masker;
  private readonly resources = new Map<string, Resource>();
  private readonly scopes = new Map<string, Scope>();

  constructor(masker: Masker) {
    this.masker = masker;
  }

  /** @throws TakesLongWay when it holds a secret */
  readResource(proto: ProtoReader): Resource {
    return this.read(proto, this.resources, () => resourceCodec.fromProto(proto, 0));
  }

  /** @throws TakesLongWay when it holds a secret */
  readScope(proto: ProtoReader): Scope {
    return this.read(proto, this.scopes, () => scopeCodec.fromProto(proto, 0));
  }

  private read<T extends Owner>(proto: ProtoReader, known: Map<string, T>, decode: () => T): T {
    if (proto.type !== wireType.bytes) throw new TakesLongWay();
    const start = proto.pos;
    const end = proto.readEnd();
    const bytes = end - proto.pos > longestKnown ? undefined : proto.bytes.toString('latin1', proto.pos, end);
    const found = bytes === undefined ? undefined : known.get(bytes);
    if (found !== undefined) {
      proto.pos = end;
      return found;
    }
    proto.pos = start;
    const owner = decode();
    if (this.masker.maskAttributes(owner.attributes) !== owner.attributes) throw new TakesLongWay();
    if (known.size >= maxKnown) known.clear();
    if (bytes !== undefined) known.set(bytes, owner);
    return owner;
  }
}
