// The keeper: start, control, ingest.
import { entry } from '../entry.ts';

export const keeperErrors = {
  OBS_KEEPER_USAGE: entry<{ given: string }>({
    exit: 2,
    what: (d) => `The keeper was started with "${d.given}".`,
    why: () => 'It is started by obs with --stack-dir DIR, and by nobody else.',
    fix: () => 'obs up',
  }),
  OBS_KEEPER_STATE_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 4,
    what: (d) => `The state file ${d.path} cannot be used: ${d.reason}.`,
    why: () => 'It was damaged, or written by another version of obs.',
    fix: () => 'obs up --fresh',
  }),
  OBS_KEEPER_PORT_TAKEN: entry<{ port: number; role: string }>({
    exit: 4,
    what: (d) => `Port ${d.port} (${d.role}) is taken by another process.`,
    why: () =>
      'The keeper binds the ports that are reserved for this worktree, and something else listens on one of them.',
    fix: () => 'obs doctor',
  }),
  OBS_KEEPER_BIND_DENIED: entry<{ port: number; role: string; reason: string }>({
    exit: 4,
    what: (d) => `The system does not let the keeper listen on port ${d.port} (${d.role}): ${d.reason}.`,
    why: () => "A sandbox denies sockets, as those of coding agents do; `obs mcp` runs outside the agent's sandbox.",
    fix: () => 'obs mcp --help',
  }),
};
