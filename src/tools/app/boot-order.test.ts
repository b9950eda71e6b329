// Which apps boot, and in which order.
import { describe, expect, test } from 'vitest';
import { ObsError } from '../../errors/obs-error.ts';
import { orderApps } from './boot-order.ts';

const shop = {
  gateway: { needs: ['checkout', 'inventory'] },
  checkout: { needs: ['inventory'] },
  inventory: { needs: [] },
  worker: { needs: [] },
};

describe('boot order', () => {
  test('has what an app needs before it', () => {
    expect(orderApps(shop, [])).toEqual(['inventory', 'checkout', 'gateway', 'worker']);
  });

  test('of named apps leaves out what they do not need', () => {
    expect(orderApps(shop, ['checkout'])).toEqual(['inventory', 'checkout']);
  });

  test('names the nearest app for one that is unknown', () => {
    expect(() => orderApps(shop, ['gatway'])).toThrow(
      new ObsError('OBS_UNKNOWN_APP', { app: 'gatway', known: Object.keys(shop), nearest: ['gateway'] }),
    );
  });

  test('names the circle that apps form', () => {
    const circle = { a: { needs: ['b'] }, b: { needs: ['c'] }, c: { needs: ['b'] } };
    expect(() => orderApps(circle, ['a'])).toThrow(new ObsError('OBS_APP_NEEDS_CIRCLE', { apps: ['b', 'c', 'b'] }));
  });
});
