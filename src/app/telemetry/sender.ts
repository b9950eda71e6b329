// Sends what obs itself records about an app to the keeper, in order, as OTLP.
import { sendHttp } from '../../clients/http.ts';
import { obsScopeName } from '../../model/attributes.ts';
import { encodeProtobuf, type RecordOf, type Signal } from '../../wire/otlp/request.ts';
import type { Resource, Scope } from '../../wire/otlp/types.ts';

const requestTimeoutMs = 5000;
/** Lines of output are the app's own words; metrics are what obs measured. */
const scopeNames: { readonly [S in Signal]: string } = { logs: '', metrics: obsScopeName, traces: obsScopeName };

export interface SendTarget {
  /** Base URL of the keeper's OTLP/HTTP port. */
  readonly otlpHttp: string;
  readonly resource: Resource;
}

/** Sends records of one signal; false when the keeper did not take them. */
export async function sendRecords<S extends Signal>(
  { otlpHttp, resource }: SendTarget,
  signal: S,
  items: readonly RecordOf[S][],
): Promise<boolean> {
  const scope: Scope = { name: scopeNames[signal], version: '', attributes: [], droppedAttributesCount: 0 };
  const groups = [{ resource, schemaUrl: '', scopes: [{ scope, schemaUrl: '', items }] }];
  return sendBody(otlpHttp, signal, { type: 'application/x-protobuf', body: encodeProtobuf(signal, groups) });
}

/** Sends an encoded export request. */
export async function sendBody(
  otlpHttp: string,
  signal: Signal,
  { type, body }: { readonly type: string; readonly body: Uint8Array },
): Promise<boolean> {
  try {
    const headers = { 'content-type': type };
    const url = `${otlpHttp}/v1/${signal}`;
    const { status } = await sendHttp({ method: 'POST', url, headers, body, timeoutMs: requestTimeoutMs });
    return status < 300;
  } catch {
    return false;
  }
}
