// `{web}` in the steps of a journey: the URL of that app as it runs now.
import { expandAppUrls, makeAppUrls } from '../../config/app-ports.ts';
import type { JourneyConfig, JourneyStep } from '../../config/journey.ts';
import type { RunRecord } from '../../model/run.ts';

/** The journey with every `{app}` replaced, for apps that run; steps keep the names they have without that. */
export function expandJourney(journey: JourneyConfig, runs: readonly RunRecord[]): JourneyConfig {
  const live = runs.filter((run) => run.endedAtMs === null);
  const urls = makeAppUrls(Object.fromEntries(live.map((run) => [run.app, run.ports])));
  return { ...journey, steps: journey.steps.map((step) => expandStep(step, (text) => expandAppUrls(text, urls))) };
}

function expandStep(step: JourneyStep, expand: (text: string) => string): JourneyStep {
  if (step.kind === 'http') return { ...step, target: expand(step.target) };
  const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, expand(value)]));
  return { ...step, name: step.name ?? step.command, command: expand(step.command), env };
}
