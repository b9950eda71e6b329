// Metrics of an hour for the PromQL figures: about 2,000 series, a sample every 5 seconds, as OTLP requests in protobuf. Encoded
// here by hand, so that the load does not depend on the code it measures. Field numbers are those of opentelemetry-proto 1.x.
import { PbfWriter } from 'pbf';

export const everyMs = 5_000;
export const lengthMs = 3_600_000;
const bounds = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000];
const services = Array.from({ length: 10 }, (_, i) => `svc-${i}`);

/** One request for one moment; `tick` counts moments from 0. */
export function makeTick(tick, timeMs) {
  const pbf = new PbfWriter();
  pbf.writeMessage(1, writeResource, { tick, timeNs: BigInt(timeMs) * 1_000_000n });
  return Buffer.from(pbf.finish());
}

function writeResource(at, pbf) {
  pbf.writeMessage(1, (_, resource) => writeAttribute(resource, 1, 'service.name', 'bench'), null);
  pbf.writeMessage(2, writeMetrics, at);
}

// 1,000 counters, 400 gauges and as many series of information, 20 histograms of 13 series, 50 native ones.
function writeMetrics(at, pbf) {
  pbf.writeMessage(2, writeMetric, { name: 'bench.requests', field: 7, write: writeCounters, at });
  pbf.writeMessage(2, writeMetric, { name: 'bench.load', field: 5, write: writeGauges, at });
  pbf.writeMessage(2, writeMetric, { name: 'bench.info', field: 5, write: writeInfo, at });
  pbf.writeMessage(2, writeMetric, { name: 'bench.duration', field: 9, write: writeClassic, at });
  pbf.writeMessage(2, writeMetric, { name: 'bench.latency', field: 10, write: writeNative, at });
}

function writeMetric({ name, field, write, at }, pbf) {
  pbf.writeStringField(1, name);
  pbf.writeMessage(field, write, at);
}

function writeCounters({ tick, timeNs }, pbf) {
  for (let i = 0; i < 1_000; i += 1) {
    const labels = { service: services[i % 10], route: `/r${((i / 10) % 10) | 0}`, pod: `pod-${(i / 100) | 0}` };
    // A restart now and then.
    const value = ((tick + i) % 400) * (1 + (i % 17));
    pbf.writeMessage(1, writeNumber, { timeNs, value, labels, attributes: 7 });
  }
  pbf.writeVarintField(2, 2);
  pbf.writeBooleanField(3, true);
}

function writeGauges({ tick, timeNs }, pbf) {
  for (let i = 0; i < 400; i += 1) {
    const labels = { service: services[i % 10], instance: `host-${i}` };
    pbf.writeMessage(1, writeNumber, { timeNs, value: i + 40 * Math.sin((tick + i * 7) / 30), labels });
  }
}

function writeInfo({ timeNs }, pbf) {
  for (let i = 0; i < 400; i += 1)
    pbf.writeMessage(1, writeNumber, { timeNs, value: 1, labels: { instance: `host-${i}`, version: `v${i % 3}` } });
}

function writeNumber({ timeNs, value, labels }, pbf) {
  writeFixed64(pbf, 3, timeNs);
  pbf.writeDoubleField(4, value);
  for (const [key, text] of Object.entries(labels)) writeAttribute(pbf, 7, key, text);
}

function writeClassic({ tick, timeNs }, pbf) {
  for (let i = 0; i < 20; i += 1) pbf.writeMessage(1, writeClassicPoint, { tick, timeNs, i });
  pbf.writeVarintField(2, 2);
}

function writeClassicPoint({ tick, timeNs, i }, pbf) {
  const counts = [...bounds, Number.POSITIVE_INFINITY].map((_, at) => BigInt((tick + 1) * (1 + ((at * 5 + i) % 7))));
  writeFixed64(pbf, 3, timeNs);
  writeFixed64(
    pbf,
    4,
    counts.reduce((a, b) => a + b),
  );
  pbf.writeDoubleField(5, (tick + 1) * 1_000);
  const packed = Buffer.alloc(counts.length * 8);
  for (const [at, count] of counts.entries()) packed.writeBigUInt64LE(count, at * 8);
  pbf.writeBytesField(6, packed);
  pbf.writePackedDouble(7, bounds);
  writeAttribute(pbf, 9, 'service', services[i % 10]);
  writeAttribute(pbf, 9, 'route', `/r${i}`);
}

function writeNative({ tick, timeNs }, pbf) {
  for (let i = 0; i < 50; i += 1) pbf.writeMessage(1, writeNativePoint, { tick, timeNs, i });
  pbf.writeVarintField(2, 2);
}

function writeNativePoint({ tick, timeNs, i }, pbf) {
  const counts = Array.from({ length: 40 }, (_, at) => (tick + 1) * (1 + ((at * 3 + i) % 5)));
  writeAttribute(pbf, 1, 'service', services[i % 10]);
  writeAttribute(pbf, 1, 'route', `/r${i}`);
  writeFixed64(pbf, 3, timeNs);
  writeFixed64(pbf, 4, BigInt(counts.reduce((a, b) => a + b)));
  pbf.writeDoubleField(5, (tick + 1) * 1_000);
  pbf.writeSVarintField(6, 3);
  pbf.writeMessage(
    8,
    (_, buckets) => {
      buckets.writeSVarintField(1, -10);
      buckets.writePackedVarint(2, counts);
    },
    null,
  );
}

function writeAttribute(pbf, field, key, value) {
  pbf.writeMessage(
    field,
    (_, attribute) => {
      attribute.writeStringField(1, key);
      attribute.writeMessage(2, (_value, any) => any.writeStringField(1, value), null);
    },
    null,
  );
}

// Pbf writes 64-bit values from numbers, which have 53 bits; nanoseconds need all 64.
function writeFixed64(pbf, field, value) {
  pbf.writeTag(field, 1);
  pbf.realloc(8);
  pbf.dataView.setBigUint64(pbf.pos, value, true);
  pbf.pos += 8;
}
