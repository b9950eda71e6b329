// The parts of a startup from moments inside and outside of the app.
import { describe, expect, test } from 'vitest';
import { makePhases, type StartupRecord } from './phases.ts';

const inside: StartupRecord = {
  pid: 1,
  program: '/app.js',
  originMs: 1_000_020,
  bootedMs: 15,
  preloadStartMs: 20,
  preloadEndMs: 25,
  mainLoadedMs: 200,
  slowestModules: [{ name: 'express', selfMs: 31 }],
  stoodBackFor: null,
};
const moments = { spawnedAtMs: 1_000_000, firstLineMs: 230, portOpenMs: null, readyMs: 300, inside };

describe('phases of a startup', () => {
  test('of a Node app are contiguous and end when it is ready', () => {
    expect(makePhases(moments)).toEqual([
      { name: 'spawn', startMs: 0, endMs: 20 },
      { name: 'runtime', startMs: 20, endMs: 40 },
      { name: 'preload', startMs: 40, endMs: 45 },
      { name: 'modules', startMs: 45, endMs: 220, slowest: [{ name: 'express', selfMs: 31 }] },
      { name: 'first log', startMs: 220, endMs: 230 },
      { name: 'ready', startMs: 230, endMs: 300 },
    ]);
  });

  test('of another language are what can be seen from outside', () => {
    expect(makePhases({ ...moments, inside: null, portOpenMs: 280 })).toEqual([
      { name: 'first log', startMs: 0, endMs: 230 },
      { name: 'port open', startMs: 230, endMs: 280 },
      { name: 'ready', startMs: 280, endMs: 300 },
    ]);
  });

  test('follow each other as they happened: some programs listen before they speak', () => {
    const phases = makePhases({ ...moments, inside: null, firstLineMs: 250, portOpenMs: 240 });
    expect(phases.map(({ name }) => name)).toEqual(['port open', 'first log', 'ready']);
  });

  test('never reach beyond ready, however late the modules were', () => {
    const phases = makePhases({ ...moments, inside: { ...inside, mainLoadedMs: 5000 } });
    expect(phases.at(-1)).toMatchObject({ name: 'modules', startMs: 45, endMs: 300 });
  });
});
