// What a stack may ask a server that it shares with others: one list of rules for each server. Anything that no rule
// knows is refused, so that an endpoint of tomorrow shows nothing of other stacks.
import { HttpRefusal } from '../../http/refusal.ts';
import type { NarrowedQuestion, QueryNarrower, Question } from '../tenancy.ts';

/** A question whose path a rule knows, with what stood in the place of `:name`, percent-decoded. */
export interface KnownQuestion {
  readonly question: Question;
  readonly name: string;
  readonly stackId: string;
}

export interface Rule {
  /** May hold one `:name` segment. */
  readonly path: string;
  /** @throws HttpRefusal or QueryError */
  readonly narrow: (known: KnownQuestion) => NarrowedQuestion;
}

/** A narrower that goes by a list of rules; the first whose path fits decides. */
export function makeNarrower(server: string, rules: readonly Rule[], stackId: string): QueryNarrower {
  return {
    narrow(question) {
      for (const rule of rules) {
        const name = matchPath(rule.path, question.path);
        if (name !== undefined) {
          if (question.hasOtherBody) throw refuseUnnarrowed(server, question);
          return rule.narrow({ question, name, stackId });
        }
      }
      throw refuseUnnarrowed(server, question);
    },
  };
}

/** For what tells nothing about anybody's telemetry. */
export const pass: Rule['narrow'] = ({ question }) => question;

/** Every value of a parameter, wherever it stands, rewritten; servers read the query string and the form alike. */
export function rewriteParameter(
  question: Question,
  name: string,
  rewrite: (value: string) => string,
): Question & { readonly isRewritten: boolean } {
  let isRewritten = false;
  const mapped = (parameters: URLSearchParams): URLSearchParams =>
    new URLSearchParams(
      [...parameters].map(([key, value]): [string, string] => {
        if (key !== name) return [key, value];
        isRewritten = true;
        return [key, rewrite(value)];
      }),
    );
  const query = mapped(question.query);
  const form = question.form && mapped(question.form);
  return { ...question, query, form, isRewritten };
}

/** The question with one more parameter. */
export function addParameter(question: Question, name: string, value: string): Question {
  const query = new URLSearchParams(question.query);
  query.append(name, value);
  return { ...question, query };
}

/** A rule for a parameter that must be there: what is missing is narrowed as empty text, which refuses it where it counts. */
export function narrowRequired(name: string, narrow: (value: string, stackId: string) => string): Rule['narrow'] {
  return ({ question, stackId }) => {
    const { isRewritten, ...narrowed } = rewriteParameter(question, name, (value) => narrow(value, stackId));
    return isRewritten ? narrowed : addParameter(question, name, narrow('', stackId));
  };
}

/** A rule for selectors that may be left out, which asks for everything: that of the stack. */
export function narrowOptional(
  names: readonly [string, ...string[]],
  narrow: (value: string, stackId: string) => string,
  whole: (stackId: string) => string,
): Rule['narrow'] {
  return ({ question, stackId }) => {
    let narrowed: Question = question;
    let isAsked = false;
    for (const name of names) {
      const { isRewritten, ...rewritten } = rewriteParameter(narrowed, name, (value) => narrow(value, stackId));
      narrowed = rewritten;
      isAsked ||= isRewritten;
    }
    return isAsked ? narrowed : addParameter(narrowed, names[0], whole(stackId));
  };
}

function refuseUnnarrowed(server: string, { method, path }: Question): HttpRefusal {
  return new HttpRefusal(
    403,
    `${method} ${path} cannot be narrowed to this worktree, and this ${server} holds telemetry of others too: ask it directly`,
  );
}

/** What stands for `:name`, '' where there is no such segment; undefined if the path is another. */
function matchPath(template: string, path: string): string | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  let name = '';
  for (const [i, segment] of wanted.entries()) {
    if (segment !== ':name') {
      if (segment !== given[i]) return undefined;
      continue;
    }
    const decoded = decodeSegment(given[i] ?? '');
    if (decoded === undefined) return undefined;
    name = decoded;
  }
  return name;
}

// A server, or a proxy before it, may clean a decoded path: `x%2f..%2f..%2fseries` must not become another endpoint.
function decodeSegment(segment: string): string | undefined {
  try {
    const decoded = decodeURIComponent(segment);
    return decoded.split(/[/\\]/).some((part) => part === '' || part === '.' || part === '..') ? undefined : decoded;
  } catch {
    return undefined;
  }
}
