// Who may talk to a listener. Web pages can reach 127.0.0.1 (DNS rebinding, cross-site requests); they give themselves
// away by a foreign Host or Origin, and are refused on every port.
import { HttpRefusal } from './refusal.ts';

const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]', '::1']);

/** Refuses a Host that is not loopback or one of `extraHosts`, and an Origin of any other place. @throws HttpRefusal 403 */
export function refuseStrangers(
  headers: Readonly<Record<string, string | undefined>>,
  extraHosts: ReadonlySet<string>,
): void {
  const isOurs = (host: string | undefined) => host !== undefined && (loopbackHosts.has(host) || extraHosts.has(host));
  if (!isOurs(hostName(headers.host)))
    throw new HttpRefusal(403, `host "${headers.host ?? ''}" is not this machine's loopback; use http://127.0.0.1`);
  const origin = headers.origin;
  if (origin !== undefined && !isOurs(originHost(origin)))
    throw new HttpRefusal(403, `requests of web pages from "${origin}" are refused; only pages on loopback may ask`);
  // Images, scripts and forms of a page bear no Origin; browsers say that they come from another site all the same.
  const isEmbedded = headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
  if (origin === undefined && isEmbedded)
    throw new HttpRefusal(403, 'requests that a web page of another site makes are refused');
}

function hostName(host: string | undefined): string | undefined {
  return host?.replace(/:\d+$/, '').toLowerCase();
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).hostname.toLowerCase() : undefined;
}
