// Wrong use of a verb, a flag or a tool, and the last resort for what should not happen.
import { entry } from '../entry.ts';

export const usageErrors = {
  OBS_UNKNOWN_VERB: entry<{ verb: string; nearest: readonly string[] }>({
    exit: 2,
    what: (d) => `There is no verb "${d.verb}".`,
    why: (d) => (d.nearest.length > 0 ? `The nearest verbs are ${d.nearest.join(', ')}.` : 'No verb comes near it.'),
    fix: (d) => (d.nearest.length > 0 ? `obs ${d.nearest[0]} --help` : 'obs --help'),
  }),
  OBS_UNKNOWN_FLAG: entry<{ verb: string; flag: string; nearest: readonly string[]; takesText: boolean }>({
    exit: 2,
    what: (d) => `obs ${d.verb} has no flag "${d.flag}".`,
    why: (d) =>
      [
        d.nearest.length > 0 ? `The nearest flags are ${d.nearest.join(', ')}.` : 'No flag comes near it.',
        d.takesText ? `Text that begins with a dash goes after --, as in: obs ${d.verb} -- '${d.flag}'` : '',
      ]
        .filter(Boolean)
        .join(' '),
    fix: (d) => `obs ${d.verb} --help`,
  }),
  OBS_FLAG_WITHOUT_VALUE: entry<{ verb: string; flag: string }>({
    exit: 2,
    what: (d) => `The flag "${d.flag}" of obs ${d.verb} needs a value.`,
    why: () => 'Nothing followed it.',
    fix: (d) => `obs ${d.verb} --help`,
  }),
  OBS_TOO_MANY_ARGUMENTS: entry<{ verb: string; given: number; allowed: number }>({
    exit: 2,
    what: (d) => `obs ${d.verb} takes ${d.allowed} argument${d.allowed === 1 ? '' : 's'}, but ${d.given} were given.`,
    why: () => 'Usually a query whose blanks were not quoted: put it in single quotes.',
    fix: (d) => `obs ${d.verb} --help`,
  }),
  OBS_BAD_INPUT: entry<{ tool: string; problems: readonly string[]; example: string | null }>({
    exit: 2,
    what: (d) => `${d.tool} cannot use what it was given: ${d.problems.join('; ')}.`,
    why: (d) => (d.example === null ? 'The help lists every field.' : `A call that works: ${d.example}`),
    fix: (d) => (d.tool.startsWith('obs ') ? `${d.tool} --help` : 'obs tools'),
  }),
  OBS_SEVERAL_ROOTS: entry<{ roots: readonly string[] }>({
    exit: 2,
    what: (d) => `Several worktrees are open (${d.roots.join(', ')}), and the call does not say which one it means.`,
    why: () => 'Each worktree has a stack of its own; a guess would answer about the wrong one.',
    fix: (d) => `repeat the call with {"worktree": ${JSON.stringify(d.roots[0] ?? '/path')}}`,
  }),
  OBS_UNKNOWN_TOOL: entry<{ tool: string; nearest: readonly string[] }>({
    exit: 2,
    what: (d) => `There is no tool "${d.tool}".`,
    why: (d) => (d.nearest.length > 0 ? `The nearest tools are ${d.nearest.join(', ')}.` : 'No tool comes near it.'),
    fix: () => 'obs tools',
  }),
  OBS_WINDOWS: entry<Record<string, never>>({
    exit: 4,
    what: () => 'obs does not run on native Windows.',
    why: () => 'It needs POSIX signals and process groups; inside WSL (Windows Subsystem for Linux) it has them.',
    fix: () => 'wsl --install',
  }),
  OBS_INTERNAL: entry<{ message: string }>({
    exit: 4,
    what: (d) => `obs broke: ${d.message}`,
    why: () => 'This is a bug in obs, not in what you did.',
    fix: () => 'obs doctor',
  }),
};
