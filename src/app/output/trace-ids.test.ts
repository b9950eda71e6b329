// Trace and span ids in output lines.
import { expect, test } from 'vitest';
import { findTraceIds } from './trace-ids.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

const lines = [
  {
    name: 'pino',
    line: `{"level":30,"trace_id":"${traceId}","span_id":"${spanId}","msg":"x"}`,
    ids: { traceId, spanId },
  },
  { name: 'camel case', line: `{"traceId":"${traceId}","spanId":"${spanId}"}`, ids: { traceId, spanId } },
  { name: 'logfmt', line: `level=info trace_id=${traceId} span_id=${spanId}`, ids: { traceId, spanId } },
  { name: 'ECS', line: `{"trace.id":"${traceId}"}`, ids: { traceId, spanId: '' } },
  { name: 'upper case', line: `trace_id=${traceId.toUpperCase()}`, ids: { traceId, spanId: '' } },
  { name: 'an id of another length', line: 'trace_id=0af7651916cd43dd', ids: { traceId: '', spanId: '' } },
  { name: 'none', line: 'hello', ids: { traceId: '', spanId: '' } },
];

test.each(lines)('$name', ({ line, ids }) => {
  expect(findTraceIds(line)).toEqual(ids);
});
