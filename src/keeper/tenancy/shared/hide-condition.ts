// Tempo's search shows of each span the attributes that the conditions ask about. The condition of the stack was not the
// asker's: its attribute goes out of the answer, which is then that of a server of one's own.
import { stackAttribute } from '../../narrow/stack-label.ts';
import type { WholeAnswer } from '../tenancy.ts';

/** A search answer without the stack's own attribute. */
export function hideCondition(answer: WholeAnswer): WholeAnswer {
  const isJson = answer.headers['content-type']?.startsWith('application/json') ?? false;
  if (answer.status !== 200 || !isJson) return answer;
  const body: unknown = JSON.parse(answer.body.toString('utf8'), (key, value) =>
    key === 'attributes' && Array.isArray(value) ? dropMark(value) : value,
  );
  return { ...answer, body: Buffer.from(JSON.stringify(body)) };
}

/** Undefined, which leaves the whole list out, when nothing else was in it. */
function dropMark(attributes: readonly { readonly key?: unknown }[]): readonly unknown[] | undefined {
  const kept = attributes.filter(({ key }) => key !== stackAttribute);
  return kept.length === 0 ? undefined : kept;
}
