// Finds the route of a request: paths without parameters by a map, the others by their segments, first match wins.
import { HttpRefusal } from './refusal.ts';
import type { Route } from './types.ts';

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export type Router = (method: string, path: string) => Found | undefined;

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Makes a router; HEAD finds GET routes. undefined for an unknown path; it throws HttpRefusal 405 for a known one. */
export function makeRouter(routes: readonly Route[]): Router {
  const fixed = new Map<string, Route[]>();
  const patterns: Pattern[] = [];
  for (const route of routes) {
    if (route.path.includes('/:')) patterns.push({ route, segments: route.path.split('/') });
    else fixed.set(route.path, [...(fixed.get(route.path) ?? []), route]);
  }
  return (method, path) => {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const candidates = (fixed.get(path) ?? []).map((route): [Route, Record<string, string>] => [route, {}]);
    if (candidates.length === 0) candidates.push(...matchPatterns(patterns, path));
    const hit = candidates.find(([route]) => route.method === wanted);
    if (hit !== undefined) return { route: hit[0], params: hit[1] };
    if (candidates.length === 0) return undefined;
    const allow = [...new Set(candidates.map(([route]) => route.method))].join(', ');
    throw new HttpRefusal(405, 'Method Not Allowed', { headers: { allow } });
  };
}

function matchPatterns(patterns: readonly Pattern[], path: string): [Route, Record<string, string>][] {
  const segments = path.split('/');
  const found: [Route, Record<string, string>][] = [];
  for (const { route, segments: wanted } of patterns) {
    if (wanted.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const matches = wanted.every((want, i) => {
      const have = segments[i] ?? '';
      if (!want.startsWith(':')) return want === have;
      params[want.slice(1)] = decodeSegment(have);
      return have !== '';
    });
    if (matches) found.push([route, params]);
  }
  return found;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new HttpRefusal(400, `invalid URL escape in "${segment}"`, { cause });
  }
}
