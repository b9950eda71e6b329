// The address for browsers of one running app, as its plan wants it.

import { pageServiceSuffix } from '../../model/page-identity.ts';
import { frontPortName } from '../../model/ports.ts';
import type { AppPlan } from '../plan.ts';
import { listIdentity, makeAttributes } from '../telemetry/resource.ts';
import { sendRecords } from '../telemetry/sender.ts';
import { openFront } from './front.ts';

export interface AppFront {
  /** For the record of the run. */
  readonly ports: Readonly<Record<string, number>>;
  readonly close: () => void;
}

export interface AppFrontOptions {
  readonly nowMs: () => number;
  readonly progress: (line: string) => void;
}

/** Opens it; undefined where none is wanted, or where the app has no port. A front that fails is no reason to end the app. */
export async function openAppFront(
  plan: AppPlan,
  appPort: number | undefined,
  { nowMs, progress }: AppFrontOptions,
): Promise<AppFront | undefined> {
  const { app, service, frontPort, otlpHttp } = plan;
  if (frontPort === null || appPort === undefined) return undefined;
  const identity = { ...listIdentity(plan), 'service.name': `${service}${pageServiceSuffix}` };
  const target = { otlpHttp, resource: { attributes: makeAttributes(identity), droppedAttributesCount: 0 } };
  try {
    const { port, close } = await openFront({
      wantedPort: frontPort,
      appPort,
      stack: otlpHttp,
      nowMs,
      onPage: (span) => void sendRecords(target, 'traces', [span]),
    });
    return { ports: { [frontPortName]: port }, close };
  } catch (error) {
    progress(`${app} has no address for browsers: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
