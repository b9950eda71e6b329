// Budgets and journeys: texts that are refused, and journeys that cannot be run.
import { entry } from '../entry.ts';
import { quoteForShell } from '../quote.ts';

export const budgetErrors = {
  OBS_BUDGET_REFUSED: entry<{
    budget: string;
    source: string;
    detail: string;
    line: number;
    column: number;
    caret: string;
    expected: readonly string[];
    suggestion: string | null;
  }>({
    exit: 2,
    what: (d) => `The budget in ${d.source} is refused at ${d.line}:${d.column}: ${d.detail}.`,
    why: (d) =>
      [d.caret, d.expected.length > 0 ? `Expected ${d.expected.join(' or ')}.` : ''].filter(Boolean).join('\n'),
    fix: (d) => (d.suggestion === null ? 'obs check --help' : `obs check ${quoteForShell(d.suggestion)}`),
  }),
  OBS_BUDGET_WITHOUT_COMPARISON: entry<{ budget: string; source: string; fromShell: boolean }>({
    exit: 2,
    what: (d) => `The budget in ${d.source} has no comparison: ${d.budget}`,
    why: (d) =>
      d.fromShell
        ? 'your shell took the `>`: quote it, or say `under`'
        : 'A budget is one comparison, such as startup < 800ms.',
    fix: (d) => `obs check ${quoteForShell(`${d.budget} ${/\bno\s+span\b/.test(d.budget) ? '> 2s' : '< 800ms'}`)}`,
  }),
  OBS_BUDGET_UNCLOSED_QUOTE: entry<{
    budget: string;
    source: string;
    column: number;
    caret: string;
    quote: string;
    fromYaml: boolean;
  }>({
    exit: 2,
    what: (d) => `A quote in the budget in ${d.source} is never closed: ${d.budget}`,
    why: (d) =>
      d.fromYaml
        ? `${d.caret}\nIn YAML, " #" begins a comment: what followed it is gone. Put the whole budget in single quotes.`
        : d.caret,
    fix: (d) =>
      d.fromYaml
        ? `edit ${d.source}: - '${d.budget.replaceAll("'", "''")} #…'`
        : `obs check ${quoteForShell(d.budget + d.quote)}`,
  }),
  OBS_NO_BUDGETS: entry<{ where: string }>({
    exit: 2,
    what: (d) => `There is no budget to check: ${d.where}.`,
    why: () => 'Budgets are given as arguments, or stand under `budgets:` in obs.yaml.',
    fix: () => "obs check 'startup < 800ms'",
  }),
  OBS_UNKNOWN_RUN: entry<{ runId: string; known: readonly string[] }>({
    exit: 2,
    what: (d) => `This stack knows no run ${d.runId}.`,
    why: (d) =>
      d.known.length > 0 ? `The latest runs are ${d.known.join(', ')}.` : 'No app was booted with obs run yet.',
    fix: (d) => (d.known[0] === undefined ? 'obs status' : `obs check --run ${d.known[0]}`),
  }),
  OBS_UNKNOWN_JOURNEY: entry<{ name: string; nearest: readonly string[]; known: readonly string[] }>({
    exit: 2,
    what: (d) => `obs.yaml declares no journey "${d.name}".`,
    why: (d) => (d.known.length > 0 ? `It declares ${d.known.join(', ')}.` : 'It declares none.'),
    fix: (d) => ((d.nearest[0] ?? d.known[0]) ? `obs journey ${d.nearest[0] ?? d.known[0]}` : 'obs init'),
  }),
  OBS_JOURNEY_WITHOUT_ADDRESS: entry<{ journey: string; step: number; app: string | null; reason: string }>({
    exit: 4,
    what: (d) => `Step ${d.step} of journey ${d.journey} has no address to call: ${d.reason}.`,
    why: (d) =>
      d.app === null
        ? 'A path like /cart needs to know which app it is meant for: name it as `app:` of the journey.'
        : `A path like /cart goes to the port of app ${d.app}, which must be running.`,
    fix: (d) => (d.app === null ? 'obs status' : `obs run ${d.app} --detach`),
  }),
};
