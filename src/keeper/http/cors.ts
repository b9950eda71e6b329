// Cross-origin requests of web pages, for the routes that are meant for them. The guard has let only pages on loopback in
// by then; here they are told so in the words that browsers want. https://fetch.spec.whatwg.org/#http-cors-protocol
import type { ApiResponse, Route } from './types.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** How long a browser may remember the answer to a preflight. */
const preflightMaxAgeS = 600;

/** The method that a browser asks leave for before it sends a request; undefined if this is no preflight. */
export function readPreflight(method: string | undefined, headers: Headers): string | undefined {
  return method === 'OPTIONS' && headers.origin !== undefined ? headers['access-control-request-method'] : undefined;
}

/** Leave for a request to this route, with whatever headers the page wants to send. */
export function answerPreflight(route: Route, headers: Headers): ApiResponse {
  return {
    status: 204,
    body: '',
    headers: {
      ...describeAccess(route, headers),
      'access-control-allow-methods': route.method,
      'access-control-allow-headers': headers['access-control-request-headers'] ?? 'content-type',
      'access-control-max-age': String(preflightMaxAgeS),
    },
  };
}

/** Headers that let the page read the answer; none where the route is not for pages, or no page asks. */
export function describeAccess(route: Route, { origin }: Headers): Record<string, string> {
  if (route.forPages !== true) return {};
  return { vary: 'origin', ...(origin === undefined ? {} : { 'access-control-allow-origin': origin }) };
}
