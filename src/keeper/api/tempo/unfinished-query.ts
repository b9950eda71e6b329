// A query that is being typed, made whole: comparisons without a value go, brackets are closed. Grafana sends such
// queries to narrow down what it suggests next.
import { literalWords, type Token, tokenize } from '../../../traceql/lexer.ts';

const comparisons: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=', '=~', '!~']);
const connectors: ReadonlySet<string> = new Set(['&&', '||']);
const values: ReadonlySet<string> = new Set(['STRING', 'INTEGER', 'FLOAT', 'DURATION', 'IDENTIFIER', ...literalWords]);

/** The query without its unfinished comparisons; what a pipe starts is left out. */
export function completeQuery(text: string): string {
  const tokens = tokenize(text).filter((t) => t.kind !== 'END_ATTRIBUTE' && t.kind !== '$end' && t.kind !== '$error');
  const pipe = tokens.findIndex((t) => t.kind === '|');
  const filter = pipe === -1 ? tokens : tokens.slice(0, pipe);
  const terms = dropDangling(dropUnfinished(filter));
  const body = terms.map((t) => t.text + (t.kind.endsWith('.') || t.kind.endsWith(':') ? '' : ' ')).join('');
  const open = terms.filter((t) => t.kind === '{').length - terms.filter((t) => t.kind === '}').length;
  return body + '}'.repeat(Math.max(0, open));
}

// The attribute before an operator without value goes as well.
function dropUnfinished(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (const [i, token] of tokens.entries()) {
    const next = tokens[i + 1];
    const isUnfinished = comparisons.has(token.kind) && !(next && values.has(next.kind));
    if (!isUnfinished) {
      kept.push(token);
      continue;
    }
    kept.pop();
    while (kept.at(-1)?.kind.endsWith('.') || kept.at(-1)?.kind.endsWith(':')) kept.pop();
  }
  return kept;
}

function dropDangling(tokens: readonly Token[]): Token[] {
  const isEdge = (token: Token | undefined) =>
    token === undefined || connectors.has(token.kind) || /^[{}()]$/.test(token.kind);
  const kept = tokens.filter((token, i) => {
    if (!connectors.has(token.kind)) return true;
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    return !(isEdge(before) && before?.kind !== ')') && !(isEdge(after) && after?.kind !== '(');
  });
  return kept.length === tokens.length ? kept : dropDangling(kept);
}
