// `obs run --detach`: each app gets a supervisor process of its own, which this verb leaves behind once the app is ready.
import type { AppPlan } from '../../app/plan.ts';
import { recordStartup } from '../../app/startup/startup-span.ts';
import { type BootedApp, bootDetached } from '../../app/supervisor/boot-detached.ts';
import type { ToolContext } from '../tool.ts';
import type { ForegroundEnd } from './foreground.ts';

/** Boots the plans one after the other; apps that are ready stay when a later one fails. */
export async function runDetached(plans: readonly AppPlan[], context: ToolContext): Promise<ForegroundEnd[]> {
  const booted: { plan: AppPlan; app: BootedApp }[] = [];
  try {
    for (const plan of plans) {
      context.progress(`booting ${plan.app} (${booted.length + 1} of ${plans.length})`);
      const app = await bootDetached(plan, { signal: context.signal, progress: context.progress });
      booted.push({ plan, app });
    }
  } finally {
    for (const { plan, app } of booted) if (app.startup !== null) await recordStartup(plan, app.startup);
  }
  return booted.map(({ app }) => ({ record: app.record, interrupted: false }));
}
