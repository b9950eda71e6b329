// Labels in the form in which a block keeps them, encoded once and copied for every record that has them.
import type { Label, Labels } from '../../../logql/values.ts';
import { GrowingBytes } from '../../store/logs/growing-bytes.ts';
import type { MetadataCodec, MetadataTarget } from '../../store/logs/metadata-codec.ts';

interface EncodedLabel {
  readonly nameId: number;
  readonly nameBytes: number;
  readonly valueId: number;
  readonly textBytes: number;
}

/** A run of labels, and what a block counts of them. */
export interface EncodedLabels {
  readonly bytes: Buffer;
  readonly labels: readonly EncodedLabel[];
}

/** Encodes labels that stand next to each other in a set. */
export function encodeLabels(labels: Labels, codec: MetadataCodec): EncodedLabels {
  const out = new GrowingBytes(64);
  const known = labels.map((label) => encodeLabel(label, out, codec));
  return { bytes: Buffer.from(out.bytes.subarray(0, out.length)), labels: known };
}

/** Appends encoded labels to a set that is being written. */
export function writeEncoded({ bytes, labels }: EncodedLabels, target: MetadataTarget): void {
  for (let i = 0; i < labels.length; i++) {
    const { nameId, valueId, nameBytes, textBytes } = labels[i]!; // i is below its length
    target.countName(nameId, nameBytes);
    target.countValue(valueId, textBytes);
  }
  target.metadataBytes.writeRange(bytes, 0, bytes.length);
}

function encodeLabel(label: Label, out: GrowingBytes, codec: MetadataCodec): EncodedLabel {
  const seen = { nameId: 0, nameBytes: label[0].length, valueId: -1, textBytes: 0 };
  const target: MetadataTarget = {
    metadataBytes: out,
    countName: (nameId) => {
      seen.nameId = nameId;
    },
    countValue: (valueId, textBytes) => {
      seen.valueId = valueId;
      seen.textBytes = textBytes;
    },
  };
  codec.writeLabel(target, label);
  return seen;
}
