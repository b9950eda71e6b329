// Exports of the probe of `up`, as they stand in the write-ahead log (decision 5). They are left out when it is replayed: to
// store them and then take them out again would rebuild the store of spans.
import { probeServiceName } from '../../model/attributes.ts';
import { decodeProtobuf, type Signal } from '../../wire/otlp/request.ts';
import { sourceOf } from '../source-of.ts';

/** The probe's exports take some two hundred bytes. */
const longestProbeBytes = 1024;

/** Is this protobuf export the probe's and nobody else's? @throws MalformedOtlp */
export function isProbeExport(signal: Signal, payload: Buffer): boolean {
  if (payload.length > longestProbeBytes || !payload.includes(probeServiceName)) return false;
  return decodeProtobuf(signal, payload).every(({ resource }) => sourceOf(resource).service === probeServiceName);
}
