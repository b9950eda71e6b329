// Names of the attributes by which obs knows its data again. Resource attributes on telemetry of apps; never stream or
// series labels.

export const identityAttribute = {
  worktree: 'obs.worktree',
  stack: 'obs.stack',
  runId: 'obs.run.id',
  branch: 'vcs.ref.head.name',
  commit: 'vcs.ref.head.revision',
} as const;

/** On spans of journeys: the root and the steps carry all three. */
export const journeyAttribute = {
  name: 'obs.journey',
  id: 'obs.journey.id',
  iteration: 'obs.journey.iteration',
} as const;

/** Instrumentation scope of every span that obs itself writes; budgets leave these out. */
export const obsScopeName = 'obs';

/** `service.name` of the probe that proves a stack ready; embedded stacks forget it once it came back. */
export const probeServiceName = 'obs-probe';
export const probeMetricName = 'obs_probe';

export const startupSpanName = 'app.startup';
export const startupMetricName = 'obs_app_startup_seconds';
