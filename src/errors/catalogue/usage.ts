// Wrong use of a verb, a flag or a tool, and the last resort for what should not happen.
import { entry } from '../entry.ts';

export const usageErrors = {
  OBS_UNKNOWN_VERB: entry<{ verb: string; nearest: string[] }>({
    exit: 2,
    what: (d) => `There is no verb "${d.verb}".`,
    why: (d) => (d.nearest.length > 0 ? `The nearest verbs are ${d.nearest.join(', ')}.` : 'No verb comes near it.'),
    fix: (d) => (d.nearest.length > 0 ? `obs ${d.nearest[0]} --help` : 'obs --help'),
  }),
  OBS_INTERNAL: entry<{ message: string }>({
    exit: 4,
    what: (d) => `obs broke: ${d.message}`,
    why: () => 'This is a bug in obs, not in what you did.',
    fix: () => 'obs doctor',
  }),
};
