// Changes a protobuf message as another encoder might have written it, or a hostile one: fields in another order, twice, left
// out, of another type, or unknown ones between them. Lengths stay right, so that the damage lies deeper than a parser's first step.
import { PbfReader, PbfWriter } from 'pbf';
import type { Random } from './random.ts';

interface Field {
  readonly number: number;
  readonly type: number;
  /** What follows the tag, without the length. */
  readonly value: Buffer;
}

const bytesType = 2;
const maxFields = 200;

/** The message with one to four changes, each somewhere in its tree. Bytes that are no message come back as they are. */
export function mutateFields(message: Buffer, random: Random): Buffer {
  let changed = message;
  for (let i = random.below(4); i >= 0; i--) changed = changeSomewhere(changed, random);
  return changed;
}

function changeSomewhere(message: Buffer, random: Random): Buffer {
  const fields = readFields(message);
  if (fields === undefined) return message;
  const at = random.below(fields.length);
  const field = fields[at];
  const inner = field?.type === bytesType ? readFields(field.value) : undefined;
  if (field !== undefined && inner !== undefined && inner.length > 0 && random.below(6) !== 0)
    return writeFields(fields.with(at, { ...field, value: changeSomewhere(field.value, random) }));
  return writeFields(random.pick(changes)(fields, at, random));
}

type Change = (fields: readonly Field[], at: number, random: Random) => readonly Field[];

const changes: readonly Change[] = [
  (fields, at, random) => fields.toSpliced(random.below(fields.length + 1), 0, ...fields.slice(at, at + 1)),
  (fields, at) => fields.toSpliced(at, 1),
  (fields, at, random) =>
    fields.toSpliced(at, 1).toSpliced(random.below(fields.length), 0, ...fields.slice(at, at + 1)),
  (fields, _, random) => fields.toSpliced(random.below(fields.length + 1), 0, strangeField(random)),
  (fields, at, random) =>
    fields.map((field, i) => (i === at ? { ...strangeField(random), number: field.number } : field)),
  (fields) => fields.toReversed(),
];

function strangeField(random: Random): Field {
  const number = 1 + random.below(random.below(3) === 0 ? 70_000 : 18);
  const type = random.pick([0, 1, 2, 5]);
  const noise = Buffer.from(Array.from({ length: random.below(12) }, () => random.below(256)));
  const value = {
    0: random.pick([Buffer.of(0), Buffer.of(1), Buffer.of(7), Buffer.from('ffffffffffffffffff01', 'hex')]),
    1: Buffer.concat([noise, Buffer.alloc(8)]).subarray(0, 8),
    2: random.pick([noise, Buffer.alloc(0), Buffer.from('service.name'), Buffer.from([0x0a, 1, 0x61, 0x12, 0])]),
    5: Buffer.concat([noise, Buffer.alloc(4)]).subarray(0, 4),
  }[type as 0 | 1 | 2 | 5]; // picked from these four
  return { number, type, value };
}

/** The fields of a message; undefined when the bytes are none. */
function readFields(message: Buffer): Field[] | undefined {
  const reader = new PbfReader(message);
  const fields: Field[] = [];
  try {
    while (reader.pos < message.length) {
      const tag = reader.readVarint();
      const [number, type] = [tag >>> 3, tag & 7];
      let start = reader.pos;
      if (type === bytesType) {
        const length = reader.readVarint();
        start = reader.pos;
        reader.pos += length;
      } else reader.skip(type);
      if (number === 0 || reader.pos > message.length || fields.length === maxFields) return undefined;
      fields.push({ number, type, value: message.subarray(start, reader.pos) });
    }
  } catch {
    return undefined;
  }
  return fields;
}

function writeFields(fields: readonly Field[]): Buffer {
  const parts = fields.flatMap(({ number, type, value }) => {
    const writer = new PbfWriter();
    writer.writeVarint(number * 8 + type);
    if (type === bytesType) writer.writeVarint(value.length);
    return [Buffer.from(writer.finish()), value];
  });
  return Buffer.concat(parts);
}
