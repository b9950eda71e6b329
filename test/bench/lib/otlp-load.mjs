// OTLP requests in protobuf, encoded here by hand, so that the load does not depend on the code it measures. Field numbers
// are those of opentelemetry-proto 1.x.
import { PbfWriter } from 'pbf';

const serviceCount = 20;
const lineBytes = 256;

/** A request of `count` records that begin at `startNs`, for the given signal. */
export const makeRequest = {
  // Every `secretEvery`th line holds a secret; 0: none does.
  logs: ({ count, batch, startNs, secretEvery = 0, service }) =>
    encode({ batch, service }, (scope) => {
      for (let i = 0; i < count; i += 1) {
        scope.writeMessage(2, writeLogRecord, {
          timeNs: startNs + BigInt(i) * 1_000n,
          line: makeLine(batch, i, secretEvery > 0 && i % secretEvery === 0),
        });
      }
    }),
  traces: ({ count, batch, startNs, service }) =>
    encode({ batch, service }, (scope) => {
      for (let i = 0; i < count; i += 1)
        scope.writeMessage(2, writeSpan, { batch, i, startNs: startNs + BigInt(i) * 1_000n });
    }),
  metrics: ({ count, batch, startNs, service }) =>
    encode({ batch, service }, (scope) => {
      scope.writeMessage(2, writeGauge, { count, batch, timeNs: startNs });
    }),
};

// Resource… { resource = 1 { attributes = 1 }, scope… = 2 { …records } }, the same for the three signals.
function encode({ batch, service = `bench-${batch % serviceCount}` }, writeScope) {
  const pbf = new PbfWriter();
  pbf.writeMessage(
    1,
    (_, group) => {
      group.writeMessage(
        1,
        (_resource, resource) => {
          writeAttribute(resource, 1, 'service.name', service);
        },
        null,
      );
      group.writeMessage(2, (_scope, scope) => writeScope(scope), null);
    },
    null,
  );
  return Buffer.from(pbf.finish());
}

export function writeAttribute(pbf, field, key, value) {
  pbf.writeMessage(
    field,
    (_, attribute) => {
      attribute.writeStringField(1, key);
      attribute.writeMessage(2, (_value, any) => any.writeStringField(1, value), null);
    },
    null,
  );
}

function writeLogRecord({ timeNs, line }, pbf) {
  writeFixed64(pbf, 1, timeNs);
  pbf.writeVarintField(2, 9);
  pbf.writeMessage(5, (_, body) => body.writeStringField(1, line), null);
  writeFixed64(pbf, 11, timeNs);
}

function writeSpan({ batch, i, startNs }, pbf) {
  pbf.writeBytesField(1, makeId(16, batch, i >> 3));
  pbf.writeBytesField(2, makeId(8, batch, i));
  if (i % 8 > 0) pbf.writeBytesField(4, makeId(8, batch, i - 1));
  pbf.writeStringField(5, `GET /items/${i % 50}`);
  pbf.writeVarintField(6, 2);
  writeFixed64(pbf, 7, startNs);
  writeFixed64(pbf, 8, startNs + 5_000_000n);
  writeAttribute(pbf, 9, 'http.request.method', 'GET');
  writeAttribute(pbf, 9, 'url.path', `/items/${i % 50}`);
}

function writeGauge({ count, batch, timeNs }, pbf) {
  pbf.writeStringField(1, 'bench_load');
  pbf.writeMessage(
    5,
    (_, gauge) => {
      for (let i = 0; i < count; i += 1) {
        gauge.writeMessage(
          1,
          (_point, point) => {
            writeFixed64(point, 3, timeNs);
            point.writeDoubleField(4, batch + i / 1_000);
            writeAttribute(point, 7, 'series', String(i));
          },
          null,
        );
      }
    },
    null,
  );
}

// Pbf writes 64-bit values from numbers, which have 53 bits; nanoseconds need all 64.
export function writeFixed64(pbf, field, value) {
  pbf.writeTag(field, 1);
  pbf.realloc(8);
  pbf.dataView.setBigUint64(pbf.pos, value, true);
  pbf.pos += 8;
}

function makeId(bytes, batch, i) {
  const id = Buffer.alloc(bytes);
  id.writeUInt32BE(batch + 1, bytes - 8);
  id.writeUInt32BE(i + 1, bytes - 4);
  return id;
}

function makeLine(batch, i, hasSecret) {
  const secret = hasSecret ? `"password":"s${i}",` : '';
  const line = `{${secret}"level":"info","batch":${batch},"i":${i},"status":${200 + (i % 5) * 75},"duration_ms":${(i * 7) % 1_500},"path":"/items/${i % 50}","text":"`;
  return `${line}${'x'.repeat(Math.max(0, lineBytes - line.length - 2))}"}`;
}
