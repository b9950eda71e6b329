// Sticky ports and references between apps.
import { describe, expect, test } from 'vitest';
import { ObsError } from '../errors/obs-error.ts';
import { assignAppPorts, expandAppUrls, makeAppUrls } from './app-ports.ts';

describe('ports of apps', () => {
  test('are given out in the order of obs.yaml, from the ninth of the block', () => {
    const apps = {
      web: { ports: { PORT: 'auto', DEBUG_PORT: 'auto' } },
      api: { ports: { PORT: 'auto', ADMIN: 9000 } },
    } as const;
    expect(assignAppPorts(apps, 21_312)).toEqual({
      web: { PORT: 21_320, DEBUG_PORT: 21_321 },
      api: { PORT: 21_322, ADMIN: 9000 },
    });
  });

  test('are refused by name when the block is spent', () => {
    const ports = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`P${at}`, 'auto' as const]));
    expect(() => assignAppPorts({ web: { ports } }, 20_000)).toThrow(
      new ObsError('OBS_APP_PORTS_SPENT', { available: 8 }),
    );
  });
});

describe('references between apps', () => {
  const urls = makeAppUrls({ web: { PORT: 21_320 }, 'api.v2': { PORT: 9000, ADMIN: 9001 }, worker: {} });

  test('stand for the first port of the app', () => {
    expect(urls).toEqual({ web: 'http://127.0.0.1:21320', 'api.v2': 'http://127.0.0.1:9000' });
  });

  const texts = [
    { text: 'node pay.mjs {web}/cart', expanded: 'node pay.mjs http://127.0.0.1:21320/cart' },
    { text: '{api.v2} and {web}', expanded: 'http://127.0.0.1:9000 and http://127.0.0.1:21320' },
    { text: 'an app without a port stays: {worker}', expanded: 'an app without a port stays: {worker}' },
    { text: '$' + '{HOME} {"json": {"web": 1}} {}', expanded: '$' + '{HOME} {"json": {"web": 1}} {}' },
  ];
  test.each(texts)('$text', ({ text, expanded }) => {
    expect(expandAppUrls(text, urls)).toBe(expanded);
  });
});
