// Label names of attribute keys as they stand in the bytes of an export.
import { BytesMap } from '../../../std/bytes-map.ts';
import type { MetadataCodec } from '../../store/logs/metadata-codec.ts';
import { labelNameOf } from './attribute-labels.ts';

const maxKeys = 8192;
const maxKeyBytes = 256;

export interface AttributeName {
  /** 0: the store has no number for it. */
  readonly id: number;
  readonly text: string;
}

export class AttributeNames {
  readonly #codec: MetadataCodec;
  readonly #names = new BytesMap<AttributeName>();

  constructor(codec: MetadataCodec) {
    this.#codec = codec;
  }

  /** The name of the key `bytes[start … end)`. */
  of(bytes: Buffer, start: number, end: number): AttributeName {
    const known = this.#names.get(0, bytes, start, end);
    if (known !== undefined) return known;
    const text = labelNameOf(bytes.toString('utf8', start, end));
    const made = { id: this.#codec.nameIdOf(text), text };
    if (end - start > maxKeyBytes) return made;
    if (this.#names.size >= maxKeys) this.#names.clear();
    this.#names.set(0, { bytes, start, end }, made);
    return made;
  }
}
