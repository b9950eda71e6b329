// gRPC status codes for HTTP ones; OTLP uses them over HTTP as well, in google.rpc.Status.
// https://grpc.io/docs/guides/status-codes/

const unknownCode = 2;

const codes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 12,
  405: 12,
  413: 8,
  415: 3,
  422: 3,
  429: 8,
  500: 13,
  503: 14,
};

export function toRpcCode(httpStatus: number): number {
  return codes[httpStatus] ?? unknownCode;
}
