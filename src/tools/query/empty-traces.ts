// Why a TraceQL query found nothing: an attribute that no span has, a value that none carries, or older traces only.
import type { TempoClient } from '../../clients/tempo.ts';
import { nsToMs } from '../../clients/traces/tree.ts';
import { findNearest } from '../../std/nearest.ts';
import { formatDurationMs } from '../../std/quantity.ts';
import type { AttributeRef, Binary } from '../../traceql/ast.ts';
import { parseTraceql } from '../../traceql/parser.ts';
import type { Empty } from '../answers/empty.ts';
import { writeCommand } from './command.ts';
import { findTrap } from './traceql-traps.ts';
import { describeWindow, type QueryWindow } from './window.ts';

// Tempo searches at most seven days at once.
const lookBackMs = 6 * 86_400_000;
const shownNames = 10;

/** Explains a search without traces. */
export async function explainEmptyTraces(tempo: TempoClient, asked: string, window: QueryWindow): Promise<Empty> {
  const { from, to } = describeWindow(window);
  const searched = `Searched ${asked} from ${from} to ${to}.`;
  // What selects spans, without functions of metrics and hints: that is what found nothing.
  const { pipeline } = parseTraceql(asked);
  const query = asked.slice(pipeline.start, pipeline.end);
  const tags = await tempo.tags(window);
  for (const compared of listEqualities(parseTraceql(query))) {
    const wrong = await findWrong(tempo, { compared, tags, window, query });
    if (wrong !== undefined) return { searched, ...wrong };
  }
  const trap = await findTrap(tempo, query, window);
  if (trap !== undefined) return { searched, ...trap };
  const before = { startMs: window.startMs - lookBackMs, endMs: window.startMs };
  const newestFirst = `${query} with (most_recent=true)`;
  const [newest] = await tempo.search({ query: newestFirst, ...before, limit: 1, spansPerTrace: 1 });
  if (newest !== undefined) {
    const age = formatDurationMs(Math.ceil((window.startMs - nsToMs(newest.startNs)) / 1000) * 1000);
    const finding = `the newest matching trace began ${age} before the window`;
    const command = writeCommand('traces', [query], { from: new Date(nsToMs(newest.startNs) - 1).toISOString() });
    return { searched, findings: [finding], tries: [command] };
  }
  const any = await tempo.search({ query: '{}', ...window, limit: 1, spansPerTrace: 1 });
  return any.length > 0
    ? { searched, findings: ['there are traces in the window; the conditions leave none'], tries: ["obs traces '{}'"] }
    : { searched, findings: ['there is no trace at all in the window'], tries: ['obs doctor'] };
}

/** `attribute = "text"`, where it stands in the query. */
interface Equality {
  readonly ref: AttributeRef;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

interface Suspect {
  readonly compared: Equality;
  readonly tags: ReadonlyMap<string, readonly string[]>;
  readonly window: QueryWindow;
  readonly query: string;
}

async function findWrong(
  tempo: TempoClient,
  { compared, tags, window, query }: Suspect,
): Promise<Pick<Empty, 'findings' | 'tries'> | undefined> {
  const { ref, value } = compared;
  const scopes = ref.scope === 'none' ? ['span', 'resource'] : [ref.scope];
  const known = scopes.flatMap((scope) => tags.get(scope) ?? []);
  const mend = (text: string) =>
    writeCommand('traces', [query.slice(0, compared.start) + text + query.slice(compared.end)]);
  if (ref.intrinsic === undefined && !known.includes(ref.name)) {
    const nearest = findNearest(ref.name, known, shownNames);
    const finding = `no span has the attribute ${ref.name}; ${nearest.length > 0 ? `near it: ${nearest.join(', ')}` : `there are ${known.length} attributes`}`;
    const [first] = nearest;
    const tried =
      first === undefined ? 'obs discover traces' : mend(`${prefixOf(ref)}${first} = ${JSON.stringify(value)}`);
    return { findings: [finding], tries: [tried] };
  }
  const values = await tempo.tagValues(`${prefixOf(ref)}${ref.name}`, window);
  if (values.length === 0 || values.includes(value)) return undefined;
  const nearest = findNearest(value, values, shownNames);
  const shown = (nearest.length > 0 ? nearest : values.slice(0, shownNames)).map((one) => JSON.stringify(one));
  const finding = `${ref.name} is never ${JSON.stringify(value)}; it is ${shown.join(', ')}${values.length > shown.length ? ` (${values.length} values)` : ''}`;
  const [first] = nearest;
  const tried =
    first === undefined ? 'obs discover traces' : mend(`${prefixOf(ref)}${ref.name} = ${JSON.stringify(first)}`);
  return { findings: [finding], tries: [tried] };
}

function prefixOf(ref: AttributeRef): string {
  if (ref.intrinsic !== undefined) return '';
  return ref.scope === 'none' ? '.' : `${ref.scope}.`;
}

/** Every comparison of an attribute with a text, in the order of the query. */
function listEqualities(root: unknown): Equality[] {
  const found: Equality[] = [];
  const pending: unknown[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    // Every node of the tree says its type, and only comparisons and arithmetic say this one.
    const equality = 'type' in node && node.type === 'binary' ? readEquality(node as Binary) : undefined;
    if (equality !== undefined) found.push(equality);
    else pending.push(...Object.values(node).filter((value) => value !== undefined));
  }
  return found.sort((a, b) => a.start - b.start);
}

function readEquality({ op, left, right, start, end }: Binary): Equality | undefined {
  if (op !== '=' || left.type !== 'attribute' || right.type !== 'static') return undefined;
  return right.value.type === 'string' ? { ref: left.ref, value: right.value.value, start, end } : undefined;
}
