// The list of all verbs that are tools, as a table that loads nothing: what a verb needs is imported when it is called.
// Tool `subject_verb` lives in `subject-verb.ts` and is exported as `subjectVerb`. A new tool is one line here.
import type { ToolEntry } from './tool.ts';

/** Every tool, in the order in which `obs --help` shows them. */
export const toolList: readonly ToolEntry[] = [
  {
    verb: 'up',
    tool: 'stack_up',
    summary: 'start or find the stack of this worktree',
    forAgents: true,
    telemetry: false,
    load: async () => (await import('./stack-up.ts')).stackUp,
  },
  {
    verb: 'down',
    tool: 'stack_down',
    summary: 'stop apps and stack, remove what they made',
    forAgents: true,
    telemetry: false,
    load: async () => (await import('./stack-down.ts')).stackDown,
  },
  {
    verb: 'status',
    tool: 'stack_status',
    summary: "this worktree's stack: state, endpoints, apps, size",
    forAgents: true,
    telemetry: false,
    load: async () => (await import('./stack-status.ts')).stackStatus,
  },
  {
    verb: 'ps',
    tool: 'stack_list',
    summary: 'every stack of this user',
    forAgents: true,
    telemetry: false,
    load: async () => (await import('./stack-list.ts')).stackList,
  },
  {
    verb: 'env',
    tool: 'stack_env',
    summary: 'the environment an app needs to send telemetry here',
    forAgents: false,
    telemetry: false,
    load: async () => (await import('./stack-env.ts')).stackEnv,
  },
  {
    verb: 'run',
    tool: 'app_run',
    summary: 'boot apps of obs.yaml, or any command, instrumented',
    forAgents: true,
    telemetry: true,
    load: async () => (await import('./app-run.ts')).appRun,
  },
  {
    verb: 'stop',
    tool: 'app_stop',
    summary: 'end detached apps; the stack and its data stay',
    forAgents: true,
    telemetry: false,
    load: async () => (await import('./app-stop.ts')).appStop,
  },
  {
    verb: 'gc',
    tool: 'stack_gc',
    summary: 'remove what belongs to worktrees that are gone',
    forAgents: false,
    telemetry: false,
    load: async () => (await import('./stack-gc.ts')).stackGc,
  },
  {
    verb: 'doctor',
    tool: 'telemetry_diagnose',
    summary: 'why is there no telemetry?',
    forAgents: true,
    telemetry: true,
    load: async () => (await import('./telemetry-diagnose.ts')).telemetryDiagnose,
  },
  {
    verb: 'init',
    tool: 'config_init',
    summary: 'write a commented obs.yaml',
    forAgents: false,
    telemetry: false,
    load: async () => (await import('./config-init.ts')).configInit,
  },
];
