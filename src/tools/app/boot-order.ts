// Which apps a call means, and in which order they boot: those that an app needs come first.
import type { AppConfig } from '../../config/app.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { findNearest } from '../../std/nearest.ts';

type Apps = Readonly<Record<string, Pick<AppConfig, 'needs'>>>;

/**
 * The named apps with all that they need, or all apps when none is named, in boot order.
 * @throws OBS_UNKNOWN_APP, OBS_APP_NEEDS_CIRCLE
 */
export function orderApps(apps: Apps, named: readonly string[]): string[] {
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw new ObsError('OBS_APP_NEEDS_CIRCLE', { apps: [...path.slice(path.indexOf(name)), name] });
    }
    if (order.includes(name)) return;
    for (const need of requireApp(apps, name).needs) visit(need, [...path, name]);
    order.push(name);
  };
  for (const name of named.length === 0 ? Object.keys(apps) : named) visit(name, []);
  return order;
}

function requireApp(apps: Apps, name: string): Pick<AppConfig, 'needs'> {
  const app = Object.hasOwn(apps, name) ? apps[name] : undefined;
  if (app !== undefined) return app;
  const known = Object.keys(apps);
  throw new ObsError('OBS_UNKNOWN_APP', { app: name, known, nearest: findNearest(name, known) });
}
