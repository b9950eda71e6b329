// Sticky ports of apps, and how apps, journeys and commands refer to each other: `{web}` is the URL of the app `web`.
import { ObsError } from '../errors/obs-error.ts';
import { appPortCount, portOffset } from '../model/ports.ts';
import type { AppConfig } from './app.ts';

/** Ports by the variable of the environment that holds them, in the order of obs.yaml. */
export type AppPorts = Readonly<Record<string, number>>;

/**
 * The ports of every app; `auto` takes the next of the worktree's block, in the order of obs.yaml.
 * @throws OBS_APP_PORTS_SPENT when there are more than the block holds
 */
export function assignAppPorts(
  apps: Readonly<Record<string, Pick<AppConfig, 'ports'>>>,
  basePort: number,
): Record<string, AppPorts> {
  let next = 0;
  const assign = (): number => {
    if (next === appPortCount) throw new ObsError('OBS_APP_PORTS_SPENT', { available: appPortCount });
    next += 1;
    return basePort + portOffset.firstApp + next - 1;
  };
  return Object.fromEntries(
    Object.entries(apps).map(([name, { ports }]) => {
      const entries = Object.entries(ports).map(([variable, port]) => [variable, port === 'auto' ? assign() : port]);
      return [name, Object.fromEntries(entries) as Record<string, number>];
    }),
  );
}

/** The base URL of every app that has a port: its first one, on the loopback address. */
export function makeAppUrls(ports: Readonly<Record<string, AppPorts>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ports).flatMap(([name, of]) => {
      const [first] = Object.values(of);
      return first === undefined ? [] : [[name, `http://127.0.0.1:${first}`]];
    }),
  );
}

/** Replaces `{app}` by that app's URL; braces around anything else stay as they are. */
export function expandAppUrls(text: string, urls: Readonly<Record<string, string>>): string {
  return text.replace(/\{([A-Za-z][\w.-]*)\}/g, (whole, name: string) => urls[name] ?? whole);
}
