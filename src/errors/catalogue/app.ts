// Booting and stopping apps.
import { entry } from '../entry.ts';
import { quoteForShell } from '../quote.ts';

const showLines = (lines: readonly string[]) =>
  lines.length === 0 ? 'It wrote nothing.' : `Its last lines:\n${lines.map((line) => `  ${line}`).join('\n')}`;

export const appErrors = {
  OBS_NO_APPS: entry<{ folder: string }>({
    exit: 2,
    what: (d) => `No app is declared for ${d.folder}, and no command was given.`,
    why: () => 'run boots the apps of obs.yaml, or the command that follows --.',
    fix: () => 'obs run -- npm start',
  }),
  OBS_UNKNOWN_APP: entry<{ app: string; known: readonly string[]; nearest: readonly string[] }>({
    exit: 2,
    what: (d) => `There is no app "${d.app}".`,
    why: (d) => (d.known.length === 0 ? 'obs.yaml declares none.' : `There are ${d.known.join(', ')}.`),
    fix: (d) => `obs run ${d.nearest[0] ?? d.known[0] ?? '-- npm start'}`,
  }),
  OBS_APP_NEEDS_CIRCLE: entry<{ apps: readonly string[] }>({
    exit: 2,
    what: (d) => `Apps need each other in a circle: ${d.apps.join(' → ')}.`,
    why: () => 'An app starts when those in its `needs` are ready.',
    fix: (d) => `remove "${d.apps[1] ?? ''}" from needs of ${d.apps[0] ?? ''} in obs.yaml`,
  }),
  OBS_APP_PORTS_SPENT: entry<{ available: number }>({
    exit: 2,
    what: (d) => `The apps of obs.yaml ask for more than ${d.available} automatic ports.`,
    why: () => 'Each worktree has a block of 16 sticky ports, half of them for apps.',
    fix: () => 'give some of the ports in obs.yaml a number instead of auto',
  }),
  OBS_COMMANDS_NOT_ALLOWED: entry<{ command: string }>({
    exit: 2,
    what: (d) => `This MCP server may not start the command ${d.command}.`,
    why: () => 'It starts only apps that are declared in obs.yaml.',
    fix: () => 'obs mcp --allow-commands',
  }),
  OBS_APP_AND_COMMAND: entry<{ apps: readonly string[]; command: string }>({
    exit: 2,
    what: (d) => `Both apps (${d.apps.join(', ')}) and a command (${d.command}) are to be booted.`,
    why: () => 'What follows -- is booted instead of apps of obs.yaml, not beside them.',
    fix: (d) => `obs run -- ${d.command}`,
  }),
  OBS_BAD_READY: entry<{ spec: string; problem?: string }>({
    exit: 2,
    what: (d) => `"${d.spec}" does not say when an app is ready.`,
    why: (d) => d.problem ?? 'It is one of http:/path, port:NAME, log:TEXT, log:/pattern/, exit and none.',
    fix: () => 'obs run --ready http:/ -- npm start',
  }),
  OBS_APP_RUNNING: entry<{ app: string; pid: number | null; runId: string }>({
    exit: 2,
    what: (d) => `${d.app} runs already${d.pid === null ? '' : ` as process ${d.pid}`} (run ${d.runId}).`,
    why: () => 'An app has the same ports in every run, so one of a kind can run in a worktree at a time.',
    fix: (d) => `obs stop ${d.app}`,
  }),
  OBS_APP_NOT_RUNNING: entry<{ app: string; running: readonly string[] }>({
    exit: 2,
    what: (d) => `${d.app} is not running.`,
    why: (d) => (d.running.length === 0 ? 'No app of this stack is.' : `What runs is ${d.running.join(', ')}.`),
    fix: (d) => (d.running[0] === undefined ? 'obs run --detach' : `obs stop ${d.running[0]}`),
  }),
  OBS_APP_IN_FOREGROUND: entry<{ app: string; pid: number }>({
    exit: 2,
    what: (d) => `${d.app} runs in the foreground of \`obs run\`, process ${d.pid}.`,
    why: () => 'Only detached apps are booted again from elsewhere; this one belongs to the terminal it runs in.',
    fix: (d) => `obs stop ${d.app} && obs run ${d.app} --detach`,
  }),
  OBS_INSTALL_FAILED: entry<{ command: string; reason: string }>({
    exit: 4,
    what: (d) => `What ${d.command} needs for spans could not be installed: ${d.reason}`,
    why: () => '`--install` fetches it with the package manager of the language, which has to work here.',
    fix: (d) => `obs doctor -- ${d.command}`,
  }),
  OBS_COMMAND_NOT_FOUND: entry<{ command: string; reason: string; cwd: string }>({
    exit: 4,
    what: (d) => `${d.command} cannot be started: ${d.reason}`,
    why: (d) => `It was started in ${d.cwd}.`,
    fix: (d) => `command -v ${quoteForShell(d.command)}`,
  }),
  OBS_APP_EXITED: entry<{
    app: string;
    code: number | null;
    signal: string | null;
    afterMs: number;
    lastLines: readonly string[];
    command: string;
  }>({
    exit: 1,
    what: (d) =>
      `${d.app} ended before it was ready: ${d.signal ?? `exit code ${d.code}`}, after ${Math.round(d.afterMs)} ms.`,
    why: (d) => showLines(d.lastLines),
    fix: (d) => d.command,
  }),
  OBS_APP_NOT_READY: entry<{ app: string; waitedFor: string; waitedMs: number; lastLines: readonly string[] }>({
    exit: 1,
    what: (d) => `${d.app} was not ready after ${d.waitedMs} ms: waited for ${d.waitedFor}.`,
    why: (d) => showLines(d.lastLines),
    fix: (d) => `obs logs '{service_name="${d.app}"}'`,
  }),
  OBS_SUPERVISOR_FAILED: entry<{ app: string; reason: string; log: string }>({
    exit: 4,
    what: (d) => `The supervisor of ${d.app} ended early: ${d.reason}`,
    why: (d) => `What it wrote is in ${d.log}.`,
    fix: (d) => `obs run ${d.app}`,
  }),
};
