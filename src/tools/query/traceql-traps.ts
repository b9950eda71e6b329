// Queries that TraceQL takes and Tempo answers with nothing, although something was meant. The embedded runtime answers
// the same, since people move between runtimes; here is said what was probably meant.
import type { TempoClient } from '../../clients/tempo.ts';
import type { Binary, Unary } from '../../traceql/ast.ts';
import { parseTraceql } from '../../traceql/parser.ts';
import type { Empty } from '../answers/empty.ts';
import { writeCommand } from './command.ts';
import type { QueryWindow } from './window.ts';

type Explanation = Pick<Empty, 'findings' | 'tries'>;

/** Why a query that found nothing fell into a trap; undefined if it fell into none. */
export async function findTrap(
  tempo: TempoClient,
  query: string,
  window: QueryWindow,
): Promise<Explanation | undefined> {
  const floated = writeIntegersAsFloats(query);
  if (floated === query) return findNegation(query);
  const [found] = await tempo.search({ query: floated, ...window, limit: 1, spansPerTrace: 1 });
  if (found === undefined) return findNegation(query);
  const finding = 'an integer such as 100 never matches an attribute that holds a float; 100.0 does';
  return { findings: [finding], tries: [writeCommand('traces', [floated])] };
}

/** The query with `.0` after every integer that an attribute is compared with. */
export function writeIntegersAsFloats(query: string): string {
  const ends = listNodes(parseTraceql(query)).flatMap((node) => {
    if (node.type !== 'binary') return [];
    const { left, right } = node;
    const isInteger = left.type === 'attribute' && right.type === 'static' && right.value.type === 'int';
    return isInteger && left.ref.intrinsic === undefined ? [right.end] : [];
  });
  return ends.sort((a, b) => b - a).reduce((text, end) => `${text.slice(0, end)}.0${text.slice(end)}`, query);
}

function findNegation(query: string): Explanation | undefined {
  const negation = listNodes(parseTraceql(query)).find((node) => node.type === 'unary' && node.op === '!');
  if (negation === undefined) return undefined;
  const text = query.slice(negation.start, negation.end);
  return {
    findings: [`Tempo finds nothing by ${text}: a negated condition holds only for booleans; compare with != instead`],
    tries: ['obs discover traces'],
  };
}

function listNodes(root: unknown): (Binary | Unary)[] {
  const found: (Binary | Unary)[] = [];
  const pending: unknown[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    // Every node of the tree says its type, and only operators say these.
    if ('type' in node && (node.type === 'binary' || node.type === 'unary')) found.push(node as Binary | Unary);
    pending.push(...Object.values(node).filter((value) => value !== undefined));
  }
  return found;
}
