// Traces as a shop has them, in OTLP protobuf, and the same for the same seed: 20 services, one to 60 spans a trace, databases
// below handlers, errors, retries, values of few and of many kinds.
import { PbfWriter } from 'pbf';
import { writeAttribute, writeFixed64 } from './otlp-load.mjs';

const services = 20;
const spansPerRequest = 1_000;

/** Bodies that hold `count` spans in all, of traces that begin within `windowMs` after `startMs`. */
export function* makeTraceLoad({ count, startMs, windowMs }) {
  const random = makeRandom(42);
  let made = 0;
  for (let trace = 0; made < count; ) {
    const byService = new Map();
    for (let held = 0; held < spansPerRequest && made < count; trace += 1) {
      const size = Math.min(1 + Math.floor(random() ** 3 * 60), count - made);
      const startNs = BigInt(Math.floor((startMs + random() * windowMs) * 1_000)) * 1_000n;
      for (const span of makeTrace({ trace, size, startNs, random })) {
        if (!byService.has(span.service)) byService.set(span.service, []);
        byService.get(span.service).push(span);
      }
      held += size;
      made += size;
    }
    yield encode(byService);
  }
}

/** One request with a trace of `size` spans; its id is 32 digits that end with `trace`. */
export function makeLargeTrace({ trace, size, startMs }) {
  const random = makeRandom(trace);
  const spans = makeTrace({ trace, size, startNs: BigInt(startMs) * 1_000_000n, random });
  return encode(groupByService(spans));
}

export function traceIdOf(trace) {
  return idBytes(16, trace, 0).toString('hex');
}

function groupByService(spans) {
  const groups = new Map();
  for (const span of spans) groups.set(span.service, [...(groups.get(span.service) ?? []), span]);
  return groups;
}

function makeTrace({ trace, size, startNs, random }) {
  const spans = [];
  for (let i = 0; i < size; i += 1) {
    // Mostly the parent is a recent one, so that trees are deep as well as wide.
    const parent = i === 0 ? -1 : Math.max(0, i - 1 - Math.floor(random() ** 2 * 6));
    const isQuery = i > 0 && random() < 0.4;
    const service = isQuery ? spans[parent].service : Math.floor(random() ** 2 * services);
    const durationNs = BigInt(Math.floor(20_000 + random() ** 6 * 2e9));
    spans.push({
      trace,
      i,
      parent,
      isQuery,
      service,
      startNs: startNs + BigInt(i) * 50_000n,
      durationNs,
      random: random(),
    });
  }
  return spans;
}

function encode(byService) {
  const pbf = new PbfWriter();
  for (const [service, spans] of byService) {
    message(pbf, 1, (group) => {
      message(group, 1, (resource) => {
        writeAttribute(resource, 1, 'service.name', `shop-${service}`);
        writeAttribute(resource, 1, 'service.instance.id', `shop-${service}-1`);
        writeAttribute(resource, 1, 'deployment.environment.name', service % 3 === 0 ? 'staging' : 'production');
      });
      message(group, 2, (scope) => {
        message(scope, 1, (library) => library.writeStringField(1, 'shop-tracer'));
        for (const span of spans) message(scope, 2, (pbfSpan) => writeSpan(pbfSpan, span));
      });
    });
  }
  return Buffer.from(pbf.finish());
}

function writeSpan(pbf, { trace, i, parent, isQuery, startNs, durationNs, random }) {
  const route = Math.floor(random * 50);
  const isFailed = random > 0.98;
  pbf.writeBytesField(1, idBytes(16, trace, 0));
  pbf.writeBytesField(2, idBytes(8, trace, i + 1));
  if (parent >= 0) pbf.writeBytesField(4, idBytes(8, trace, parent + 1));
  pbf.writeStringField(5, isQuery ? `SELECT table_${route % 12}` : `GET /items/${route}`);
  pbf.writeVarintField(6, isQuery ? 3 : 2);
  writeFixed64(pbf, 7, startNs);
  writeFixed64(pbf, 8, startNs + durationNs);
  if (isQuery) {
    writeAttribute(pbf, 9, 'db.system', 'postgresql');
    writeAttribute(pbf, 9, 'db.statement', `SELECT * FROM table_${route % 12} WHERE id = $1`);
    writeNumber(pbf, 'db.rows', (value) => value.writeVarintField(3, Math.floor(random * 1_000)));
  } else {
    writeAttribute(pbf, 9, 'http.request.method', route % 5 === 0 ? 'POST' : 'GET');
    writeAttribute(pbf, 9, 'user.id', `u-${Math.floor(random * 10_000)}`);
    writeNumber(pbf, 'http.response.status_code', (value) => value.writeVarintField(3, isFailed ? 500 : 200));
    writeNumber(pbf, 'cart.total', (value) => value.writeDoubleField(4, random * 500));
  }
  if (isFailed) message(pbf, 15, (status) => status.writeVarintField(3, 2));
}

function writeNumber(pbf, key, writeValue) {
  message(pbf, 9, (attribute) => {
    attribute.writeStringField(1, key);
    message(attribute, 2, writeValue);
  });
}

function message(pbf, field, write) {
  pbf.writeMessage(field, (_, inner) => write(inner), null);
}

function idBytes(bytes, trace, i) {
  const id = Buffer.alloc(bytes);
  id.writeUInt32BE(trace + 1, bytes - 8);
  id.writeUInt32BE(i + 1, bytes - 4);
  return id;
}

// Mulberry32: small, and the same everywhere.
function makeRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
