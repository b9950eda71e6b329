// The routes of the Tempo port without a port: for tests that ask them by path.
import { createTracesBackend } from '../../src/keeper/api/tempo/index.ts';
import { HttpRefusal } from '../../src/keeper/http/refusal.ts';
import type { ApiResponse } from '../../src/keeper/http/types.ts';
import { makeMasker } from '../../src/keeper/mask/mask-request.ts';
import { fillBounds } from '../../src/model/limits.ts';
import { epochNs, parseTraces } from './trace-text.ts';

export interface Answer {
  readonly status: number;
  /** The value of JSON; other bodies as text. */
  readonly body: unknown;
}

type Headers = Readonly<Record<string, string>>;

/** A Tempo that holds these traces, a minute after they began. */
export function openTempo(traces: string) {
  const { store, routes } = createTracesBackend({
    nowMs: () => Number(epochNs / 1_000_000n) + 60_000,
    masker: makeMasker(),
    bounds: fillBounds(),
    limits: { maxBytes: Number.MAX_SAFE_INTEGER, retentionMs: Number.MAX_SAFE_INTEGER },
  });
  store.ingest(parseTraces(traces), 0n);

  /** Asks a path with its query; refusals are thrown. */
  async function request(target: string, headers: Headers = {}): Promise<ApiResponse> {
    const { pathname, searchParams } = new URL(target, 'http://tempo');
    for (const route of routes) {
      const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
      const found = new RegExp(`^${route.path.replaceAll(/:\w+/g, '([^/]+)')}$`).exec(pathname);
      if (!found) continue;
      const params = Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? '')]));
      const { signal } = new AbortController();
      const about = { method: 'GET', path: pathname, params, query: searchParams, headers, signal };
      return await route.handler({ ...about, body: Buffer.alloc(0) });
    }
    throw new Error(`no route for ${pathname}`);
  }

  /** The same, but refusals come as their text. */
  async function ask(target: string, headers: Headers = {}): Promise<Answer> {
    try {
      const { status, body } = await request(target, headers);
      const text = String(body);
      return { status, body: /^[{[]/.test(text) ? JSON.parse(text) : text };
    } catch (error) {
      if (error instanceof HttpRefusal) return { status: error.status, body: error.message };
      throw error;
    }
  }

  return { request, ask };
}
