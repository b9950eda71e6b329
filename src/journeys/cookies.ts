// The cookies of one iteration. Name and value by host are enough for journeys on one's own apps: expiry, paths and
// domains of RFC 6265 are left out, except that a cookie with Max-Age=0 or an empty value is forgotten.

const maxCookies = 100;

export class CookieJar {
  readonly #byHost = new Map<string, Map<string, string>>();

  /** Takes the `set-cookie` headers of an answer. */
  store(url: URL, headers: readonly string[]): void {
    const cookies = this.#byHost.get(url.host) ?? new Map<string, string>();
    for (const header of headers.slice(0, maxCookies)) {
      const [pair = '', ...attributes] = header.split(';');
      const at = pair.indexOf('=');
      if (at < 1) continue;
      const name = pair.slice(0, at).trim();
      const value = pair.slice(at + 1).trim();
      const isGone = value === '' || attributes.some((one) => /^\s*max-age\s*=\s*(?:0|-\d+)\s*$/i.test(one));
      if (isGone) cookies.delete(name);
      else if (cookies.size < maxCookies || cookies.has(name)) cookies.set(name, value);
    }
    this.#byHost.set(url.host, cookies);
  }

  /** The `cookie` header for a request; undefined for none. */
  headerFor(url: URL): string | undefined {
    const cookies = [...(this.#byHost.get(url.host) ?? [])];
    return cookies.length === 0 ? undefined : cookies.map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
