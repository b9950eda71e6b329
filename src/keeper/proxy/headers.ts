// Headers that may pass from one side of the proxy to the other.

/** Those that speak about one connection only (RFC 9110, section 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The keeper says by itself whom it asks, as whom, and how long its body is. */
const ofTheKeeper: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'authorization',
  'x-scope-orgid',
  'expect',
]);

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What of a client's headers goes to a server. */
export function pickRequestHeaders(headers: Headers): Record<string, string | string[]> {
  return pick(headers, (name) => !hopByHop.has(name) && !ofTheKeeper.has(name));
}

/** What of a server's headers goes to a client. */
export function pickResponseHeaders(headers: Headers): Record<string, string | string[]> {
  return pick(headers, (name) => !hopByHop.has(name));
}

function pick(headers: Headers, passes: (name: string) => boolean): Record<string, string | string[]> {
  const named = String(headers.connection ?? '').toLowerCase();
  const ofConnection = new Set(named.split(',').map((name) => name.trim()));
  const picked: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && passes(name) && !ofConnection.has(name)) picked[name] = value;
  return picked;
}
