// The instrumentation of undici and fetch. It is fetched in the middle of the first request's announcement, so it must
// be shown that request; whether Node then announces it a second time depends on Node's version.
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';

export interface RequestAnnouncement {
  readonly request: object;
}

interface Announced extends Instrumentation {
  onRequestCreated(announcement: RequestAnnouncement): void;
}

const seen = new WeakSet<object>();

// The method is private in the types only; it is the subscriber of the channel `undici:request:create`.
class LateInstrumentation extends (UndiciInstrumentation as unknown as new () => Announced) {
  override onRequestCreated(announcement: RequestAnnouncement): void {
    if (seen.has(announcement.request)) return;
    seen.add(announcement.request);
    super.onRequestCreated(announcement);
  }
}

let made: LateInstrumentation | undefined;

export function make(): Instrumentation {
  made = new LateInstrumentation();
  return made;
}

/** Shows the request that was announced before the instrumentation was there. */
export function showFirst(announcement: RequestAnnouncement): void {
  made?.onRequestCreated(announcement);
}
