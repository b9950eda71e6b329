// The answers for each app or journey → one verdict. All must hold: a failure outweighs missing data, and missing data
// outweighs a pass.
import type { Verdict } from '../../model/verdict.ts';
import type { DeclaredBudget } from '../declared.ts';
import type { Quantity } from '../language/ast.ts';
import type { Part } from './part.ts';

/** Makes the verdict of a budget. @param parts not empty */
export function combineParts(declared: DeclaredBudget, parts: readonly Part[]): Verdict {
  const counted = leaveOutUnmatched(parts);
  const decisive = findDecisive(counted);
  const failed = counted
    .filter((part) => part.outcome === 'fail')
    .sort((a, b) => Number(isWorse(b, a)) - Number(isWorse(a, b)));
  return {
    budget: declared.name ?? declared.text,
    source: declared.origin.source,
    verdict: nameVerdict(decisive, declared.level),
    observed: decisive.observed,
    limit: limitOf(declared, decisive),
    n: counted.reduce((sum, part) => sum + part.n, 0),
    spread: decisive.spread,
    culprits: failed.flatMap((part) => part.culprits).slice(0, 10),
    query: decisive.query,
    reason: describeParts(decisive, counted),
  };
}

// A budget over `span "GET /"` without `of` is about the apps that have such spans, unless none has.
function leaveOutUnmatched(parts: readonly Part[]): readonly Part[] {
  const matched = parts.filter((part) => part.outcome !== 'values' || part.n > 0);
  return matched.some((part) => part.outcome === 'pass' || part.outcome === 'fail') ? matched : parts;
}

const weight: Readonly<Record<Part['outcome'], number>> = {
  fail: 5,
  unsupported: 4,
  cut: 3,
  base: 2,
  values: 1,
  pass: 0,
};

function findDecisive(parts: readonly Part[]): Part {
  const [first, ...rest] = parts;
  if (first === undefined) throw new Error('a budget was judged on no population');
  return rest.reduce((worst, part) => (isWorse(part, worst) ? part : worst), first);
}

// Among equals the one closest to its limit would need the comparison; the largest value is what people look for.
function isWorse(part: Part, than: Part): boolean {
  if (weight[part.outcome] !== weight[than.outcome]) return weight[part.outcome] > weight[than.outcome];
  return (part.observed?.value ?? -Infinity) > (than.observed?.value ?? -Infinity);
}

function nameVerdict(part: Part, level: DeclaredBudget['level']): Verdict['verdict'] {
  if (part.outcome === 'pass') return 'pass';
  if (part.outcome === 'fail') return level === 'warn' ? 'warn' : 'fail';
  return 'no_data';
}

function limitOf(declared: DeclaredBudget, part: Part): Quantity | null {
  const { limit } = declared.budget;
  if (limit.kind !== 'quantity') return null;
  return { value: limit.quantity.value, unit: limit.quantity.unit || (part.observed?.unit ?? '') };
}

function describeParts(decisive: Part, parts: readonly Part[]): string {
  const say = (part: Part) => (part.label === '' ? part.reason : `${part.label}: ${part.reason}`);
  const others = parts.filter((part) => part !== decisive);
  return (
    [decisive, ...others].slice(0, 6).map(say).join('; ') + (others.length > 5 ? `; and ${others.length - 5} more` : '')
  );
}
