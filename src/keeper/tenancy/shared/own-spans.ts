// A trace by its id cannot be asked for with a condition, so its answer is narrowed: only what the stack's own apps sent is
// left of it. A trace that passes through two worktrees is seen by each as its own part.
import { PbfReader, PbfWriter } from 'pbf';
import { asArray, asRecord } from '../../../std/json-value.ts';
import { decodeProtobuf, encodeProtobuf } from '../../../wire/otlp/request.ts';
import { stackAttribute } from '../../narrow/stack-label.ts';
import type { WholeAnswer } from '../tenancy.ts';

interface TraceVersion {
  readonly stackId: string;
  /** v1 answers `{batches}` and 404 for an unknown trace, v2 `{trace: {resourceSpans}}` and an empty one. */
  readonly version: 'v1' | 'v2';
}

/** The answer with the stack's spans alone; that of an unknown trace if there are none. */
export function keepOwnSpans(answer: WholeAnswer, of: TraceVersion): WholeAnswer {
  if (answer.status !== 200) return answer;
  const type = answer.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return keepInJson(answer, of);
  if (type.startsWith('application/protobuf')) return keepInProtobuf(answer, of);
  const reason = `a trace as ${type || 'an unknown type'} cannot be narrowed to this worktree: ask for application/json`;
  return { status: 403, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(reason) };
}

const unknownV1: WholeAnswer = { status: 404, headers: {}, body: Buffer.alloc(0) };

function keepInJson(answer: WholeAnswer, { stackId, version }: TraceVersion): WholeAnswer {
  const body = asRecord(JSON.parse(answer.body.toString('utf8')));
  const isOwn = (group: unknown) => asArray(asRecord(asRecord(group).resource).attributes).some(isMark);
  const isMark = (attribute: unknown) => {
    const { key, value } = asRecord(attribute);
    return key === stackAttribute && asRecord(value).stringValue === stackId;
  };
  const keep = (trace: Record<string, unknown>) =>
    Object.fromEntries(
      ['batches', 'resourceSpans'].filter((key) => key in trace).map((key) => [key, asArray(trace[key]).filter(isOwn)]),
    );
  const isEmpty = (trace: Record<string, unknown>) => Object.values(trace).every((list) => asArray(list).length === 0);
  const own = keep(version === 'v1' ? body : asRecord(body.trace));
  if (version === 'v1') return isEmpty(own) ? unknownV1 : { ...answer, body: toJson(own) };
  const { trace: _whole, ...rest } = body;
  return { ...answer, body: toJson(isEmpty(own) ? rest : { trace: own, ...rest }) };
}

function toJson(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}

function keepInProtobuf(answer: WholeAnswer, of: TraceVersion): WholeAnswer {
  if (of.version === 'v2') return { ...answer, body: rewriteTraceField(answer.body, (trace) => keepOwn(trace, of)) };
  const own = keepOwn(answer.body, of);
  return own.length === 0 ? unknownV1 : { ...answer, body: own };
}

// A Trace of Tempo has the field of an export request: resource spans, number 1.
function keepOwn(trace: Buffer, { stackId }: TraceVersion): Buffer {
  const own = decodeProtobuf('traces', trace).filter(({ resource }) =>
    resource.attributes.some(
      ({ key, value }) => key === stackAttribute && value.kind === 'string' && value.value === stackId,
    ),
  );
  return own.length === 0 ? Buffer.alloc(0) : encodeProtobuf('traces', own);
}

const bytesField = 2;

// TraceByIDResponse: field 1 is the trace, the others (metrics, status, message) stay as they are.
function rewriteTraceField(body: Buffer, rewrite: (trace: Buffer) => Buffer): Buffer {
  const reader = new PbfReader(body);
  const writer = new PbfWriter();
  const rest: Buffer[] = [];
  let start = 0;
  while (reader.pos < body.length) {
    start = reader.pos;
    const key = reader.readVarint();
    if (key >> 3 === 1 && (key & 7) === bytesField) {
      const trace = rewrite(Buffer.from(reader.readBytes()));
      if (trace.length > 0) writer.writeBytesField(1, trace);
    } else {
      reader.skip(key);
      rest.push(body.subarray(start, reader.pos));
    }
  }
  return Buffer.concat([Buffer.from(writer.finish()), ...rest]);
}
