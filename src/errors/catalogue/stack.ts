// Life of a stack: start, ports, state, sandbox.
import { entry } from '../entry.ts';
import { quoteForShell } from '../quote.ts';

const mcpConfiguration = '{"mcpServers":{"obs":{"command":"npx","args":["-y","worktree-obs","mcp"]}}}';

export const stackErrors = {
  OBS_NO_STACK: entry<{ worktree: string; reason?: string }>({
    exit: 4,
    what: (d) => `No stack is running for ${d.worktree}.`,
    why: (d) => d.reason ?? 'It was not started, or it was stopped; only up, run, journey and ci start a stack.',
    fix: () => 'obs up',
  }),
  OBS_STACK_STARTING: entry<{ worktree: string; starterPid: number | null; waitedMs: number }>({
    exit: 4,
    what: (d) => `The stack of ${d.worktree} is still starting.`,
    why: (d) => `Process ${d.starterPid ?? '(unknown)'} has been starting it for more than ${d.waitedMs} ms.`,
    fix: () => 'obs up',
  }),
  OBS_STACK_STOPPING: entry<{ worktree: string; waitedMs: number }>({
    exit: 4,
    what: (d) => `The stack of ${d.worktree} is still stopping.`,
    why: (d) => `Another down or its keeper has not finished within ${d.waitedMs} ms.`,
    fix: () => 'obs down',
  }),
  OBS_KEEPER_DIED: entry<{ worktree: string; pid: number | null; log: string; lastLines: readonly string[] }>({
    exit: 4,
    what: (d) =>
      `The keeper of the stack of ${d.worktree} is gone${d.pid === null ? '' : ` (it was process ${d.pid})`}.`,
    why: (d) =>
      d.lastLines.length === 0
        ? 'It was killed from outside: it wrote no reason. What it had acknowledged is on disk.'
        : `The last lines of ${d.log}:\n${d.lastLines.map((line) => `  ${line}`).join('\n')}`,
    fix: () => 'obs up',
  }),
  OBS_KEEPER_GONE: entry<{ url: string; reason: string }>({
    exit: 4,
    what: (d) => `The keeper of this stack does not answer at ${d.url}.`,
    why: (d) => d.reason,
    fix: () => 'obs up',
  }),
  OBS_KEEPER_REFUSED: entry<{ path: string; status: number; reason: string }>({
    exit: 4,
    what: (d) => `The keeper answered ${d.status} to ${d.path}.`,
    why: (d) => d.reason || 'It gave no reason.',
    fix: () => 'obs doctor',
  }),
  OBS_KEEPER_FAILED: entry<{ worktree: string; reason: string; log: string; lastLines: readonly string[] }>({
    exit: 4,
    what: (d) => `The keeper for ${d.worktree} did not start: ${d.reason}`,
    why: (d) =>
      d.lastLines.length === 0
        ? `It wrote nothing to ${d.log}.`
        : `The last lines of ${d.log}:\n${d.lastLines.map((line) => `  ${line}`).join('\n')}`,
    fix: () => 'obs doctor',
  }),
  OBS_PROBE_LOST: entry<{ missing: readonly string[]; waitedMs: number; details: readonly string[] }>({
    exit: 4,
    what: (d) => `The probe ${d.missing.join(', ')} did not come back within ${d.waitedMs} ms.`,
    why: (d) => `A stack counts as ready only when what is sent is found again. ${d.details.join('; ')}`.trim(),
    fix: () => 'obs up --fresh',
  }),
  OBS_PORT_TAKEN: entry<{ port: number; role: string; holder: string; pid: number | null; worktree: string | null }>({
    exit: 4,
    what: (d) => `Port ${d.port} (${d.role} of this worktree) is taken by ${d.holder}.`,
    why: () => 'The ports of a worktree are sticky, so that addresses stay the same; obs ends no process but its own.',
    fix: (d) => {
      if (d.worktree !== null) return `obs down --worktree ${quoteForShell(d.worktree)}`;
      return d.pid === null ? `lsof -nP -iTCP:${d.port} -sTCP:LISTEN` : `kill ${d.pid}`;
    },
  }),
  OBS_NO_FREE_PORTS: entry<{ first: number; last: number; reserved: number }>({
    exit: 4,
    what: (d) => `No block of 16 ports is free between ${d.first} and ${d.last}.`,
    why: (d) => `${d.reserved} blocks are reserved by worktrees of this user.`,
    fix: () => 'obs gc',
  }),
  OBS_SANDBOXED: entry<{ action: string; code: string }>({
    exit: 4,
    what: (d) => `This process may not ${d.action} (${d.code}).`,
    why: () =>
      'It runs in a sandbox, as commands of coding agents often do. The MCP server runs outside of it: add it to the configuration of the agent, and use its tools.',
    fix: () => mcpConfiguration,
  }),
  OBS_STATE_NOT_WRITABLE: entry<{ folder: string; reason: string }>({
    exit: 4,
    what: (d) => `The state folder ${d.folder} cannot be written: ${d.reason}`,
    why: () => 'obs keeps its state outside of your worktree, and needs one folder for it.',
    fix: () => 'OBS_STATE_DIR="$HOME/.obs-state" obs up',
  }),
  OBS_STATE_FOREIGN: entry<{ folder: string; owner: number; user: number }>({
    exit: 4,
    what: (d) => `The state folder ${d.folder} belongs to user ${d.owner}, but you are user ${d.user}.`,
    why: () => 'It holds tokens, so obs uses no folder that someone else made.',
    fix: () => 'OBS_STATE_DIR="$HOME/.obs-state" obs up',
  }),
  OBS_STATE_VERSION: entry<{ file: string; version: string; obsVersion: string | null; ownVersion: string }>({
    exit: 4,
    what: (d) => `${d.file} has version ${d.version}, which this obs (${d.ownVersion}) does not know.`,
    why: (d) => `It was written by ${d.obsVersion === null ? 'another obs' : `obs ${d.obsVersion}`}, a newer one.`,
    fix: (d) => `npx worktree-obs@${d.obsVersion ?? 'latest'} down`,
  }),
  OBS_STATE_BROKEN: entry<{ file: string; reason: string }>({
    exit: 4,
    what: (d) => `${d.file} is damaged: ${d.reason}`,
    why: () =>
      'obs never guesses what a damaged state meant. down ends what can be found of the stack, and removes it.',
    fix: () => 'obs down',
  }),
  OBS_REGISTRY_BROKEN: entry<{ file: string; reason: string }>({
    exit: 4,
    what: (d) => `The registry ${d.file} is damaged or newer than this obs: ${d.reason}`,
    why: () => 'It holds which ports belong to which worktree. Without it, every worktree gets new ports.',
    fix: (d) => `mv ${quoteForShell(d.file)} ${quoteForShell(`${d.file}.bad`)}`,
  }),
  OBS_STATE_LOCKED: entry<{ pid: number; waitedMs: number }>({
    exit: 4,
    what: (d) => `The registry has been locked by process ${d.pid} for more than ${d.waitedMs} ms.`,
    why: () => 'obs holds it for milliseconds only; that process is stopped, or the disk is very slow.',
    fix: (d) => `kill -CONT ${d.pid}`,
  }),
  OBS_RUNTIME_KEPT: entry<{ running: string; asked: string }>({
    exit: 2,
    what: (d) => `This worktree's stack runs as ${d.running}, not as ${d.asked}.`,
    why: () => 'The choice is made once for each worktree and kept until down.',
    fix: (d) => `obs down && obs up --runtime ${d.asked}`,
  }),
  OBS_NOT_BUILT: entry<{ feature: string; instead: string }>({
    exit: 2,
    what: (d) => `${d.feature} is not built yet in this version of obs.`,
    why: () => 'It is valid, so it is refused by name instead of being ignored.',
    fix: (d) => d.instead,
  }),
  OBS_BAD_TTL: entry<{ text: string }>({
    exit: 2,
    what: (d) => `"${d.text}" is no duration.`,
    why: () => 'A lease is a number and a unit, such as 30m, 12h or 7d, and longer than nothing.',
    fix: () => 'obs up --ttl 12h',
  }),
  OBS_NOT_CONFIRMED: entry<{ would: string; command: string }>({
    exit: 2,
    what: (d) => `This would ${d.would}.`,
    why: () => 'It goes beyond this worktree, so it wants to be confirmed.',
    fix: (d) => `${d.command} --yes`,
  }),
};
