// When an app counts as ready: the form of obs.yaml and the one of `--ready` on the command line, both parsed to one.
import { z } from 'zod';
import { durationField } from './fields.ts';

export type ReadyCondition =
  /** A GET of the path (on the app's first port) or of the whole URL answers below 400. */
  | { readonly kind: 'http'; readonly target: string }
  | { readonly kind: 'log-text'; readonly text: string }
  | { readonly kind: 'log-pattern'; readonly pattern: string; readonly flags: string }
  /** The port with this name in `ports`, or this number, accepts connections. */
  | { readonly kind: 'port'; readonly port: string }
  /** The process ends with code 0. */
  | { readonly kind: 'exit' }
  | { readonly kind: 'none' }
  /** Default: the process tree listens on its first port. */
  | { readonly kind: 'first-port' };

export interface ReadySpec {
  readonly condition: ReadyCondition;
  readonly timeoutMs: number;
}

export const defaultReadyTimeoutMs = 60_000;

const bareWords = ['exit', 'none'] as const;

export const readyField = z
  .union([
    z.enum(bareWords),
    z.strictObject({
      http: z.string().optional().describe('a path on the first port, or a whole URL, that answers below 400'),
      log: z.string().optional().describe('text of an output line, or /pattern/'),
      port: z.union([z.string(), z.number()]).optional().describe('name in ports, or number, that takes connections'),
      timeout: durationField.optional().describe('default 60s'),
    }),
  ])
  .transform((value, context): ReadySpec => {
    if (typeof value === 'string') return { condition: { kind: value }, timeoutMs: defaultReadyTimeoutMs };
    const timeoutMs = value.timeout ?? defaultReadyTimeoutMs;
    const found = [
      value.http === undefined ? undefined : ({ kind: 'http', target: value.http } as const),
      value.log === undefined ? undefined : readLogCondition(value.log),
      value.port === undefined ? undefined : ({ kind: 'port', port: String(value.port) } as const),
    ].filter((condition) => condition !== undefined);
    for (const condition of found) {
      const problem = findReadyProblem(condition);
      if (problem !== undefined) context.addIssue(problem);
    }
    if (found.length > 1) context.addIssue('use one of http, log and port, not several');
    return { condition: found[0] ?? { kind: 'first-port' }, timeoutMs };
  });

const commandLineForms = new Map<string, (rest: string) => ReadyCondition>([
  ['http', (rest) => ({ kind: 'http', target: rest })],
  ['port', (rest) => ({ kind: 'port', port: rest })],
  ['log', readLogCondition],
]);

/** Reads `http:/path`, `port:NAME`, `log:TEXT`, `log:/re/`, `exit` or `none`; undefined if it is none of them. */
export function parseReadyCondition(text: string): ReadyCondition | undefined {
  const word = bareWords.find((each) => each === text);
  if (word !== undefined) return { kind: word };
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  return colon === -1 || rest === '' ? undefined : commandLineForms.get(text.slice(0, colon))?.(rest);
}

/** Why nothing can ever be ready in this way, as a sentence; undefined for conditions that can come true. */
export function findReadyProblem(condition: ReadyCondition): string | undefined {
  if (condition.kind === 'http' && !/^(?:\/|https?:\/\/)/.test(condition.target))
    return `${condition.target} is neither a path, which begins with /, nor a whole URL.`;
  return condition.kind === 'log-pattern' ? findPatternProblem(condition) : undefined;
}

function findPatternProblem({ pattern, flags }: { pattern: string; flags: string }): string | undefined {
  try {
    new RegExp(pattern, flags);
    return undefined;
  } catch (error) {
    // RegExp throws nothing but a SyntaxError, whose message ends with the reason.
    return `It holds no regular expression: ${(error as Error).message.replace(/^.*: /, '')}.`;
  }
}

function readLogCondition(text: string): ReadyCondition {
  const pattern = /^\/(.+)\/([imsu]*)$/.exec(text);
  if (pattern === null) return { kind: 'log-text', text };
  return { kind: 'log-pattern', pattern: pattern[1] ?? '', flags: pattern[2] ?? '' };
}
