// `obs run --install`: what the languages of the apps need for spans is fetched, once, into a private folder of this user.
import { resolve } from 'node:path';
import type { LaunchRequest } from '../../app/languages/launch.ts';
import { installMissing } from '../../app/languages/list.ts';
import type { AppConfig } from '../../config/app.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { makeDepot } from '../stack/preload.ts';
import { orderApps } from './boot-order.ts';
import type { PlanRequest } from './plans.ts';

export interface InstallWish {
  /** Names from obs.yaml; empty means all. */
  readonly apps: readonly string[];
  /** A command that is run instead of them. */
  readonly command: readonly string[];
}

/** @throws OBS_INSTALL_FAILED */
export async function installForApps(request: PlanRequest, wish: InstallWish): Promise<void> {
  const { context, ensured } = request;
  for (const launch of listLaunches(request, wish)) {
    const shown = typeof launch.command === 'string' ? launch.command : launch.command.join(' ');
    try {
      const installed = await installMissing(launch, makeDepot(ensured.root), context.progress);
      for (const language of installed) context.progress(`installed what ${language} needs for ${shown}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ObsError('OBS_INSTALL_FAILED', { command: shown, reason }, { cause: error });
    }
  }
}

function listLaunches({ context, loaded }: PlanRequest, { apps, command }: InstallWish): LaunchRequest[] {
  if (command.length > 0) return [{ command, cwd: context.cwd, env: context.env }];
  return orderApps(loaded.config.apps, apps).map((name) => {
    // Names come from the keys of this very record.
    const app = loaded.config.apps[name] as AppConfig;
    return { command: app.command, cwd: resolve(loaded.folder, app.cwd), env: { ...context.env, ...app.env } };
  });
}
