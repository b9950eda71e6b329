// The matcher of a selector that no stream can meet: a label that does not exist or is none of streams, a value that never
// occurs. What is proposed instead was tried.
import type { Matcher } from '../../logql/ast.ts';
import { printMatcher, printSelector } from '../../logql/print.ts';
import { findNearest } from '../../std/nearest.ts';
import { writeCommand } from './command.ts';
import type { LogQuestion, Why } from './empty-logs.ts';

const shownNames = 12;

interface Suspects extends LogQuestion {
  /** Names of stream labels in the window. */
  readonly labels: readonly string[];
}

/** The first matcher that is at fault, and what to ask instead; undefined when none is. */
export async function findWrongMatcher(of: Suspects): Promise<Why | undefined> {
  for (const matcher of of.log.matchers) {
    if ((matcher.type !== '=' && matcher.type !== '=~') || matcher.value === '') continue;
    const why = await (of.labels.includes(matcher.name) ? checkValue(of, matcher) : explainName(of, matcher));
    if (why !== undefined) return why;
  }
  return undefined;
}

async function checkValue(of: Suspects, matcher: Matcher): Promise<Why | undefined> {
  const values = await of.loki.labelValues(matcher.name, of.window);
  const hasStreams = await matchesStreams(of, printSelector([matcher]));
  if (hasStreams) return undefined;
  const nearest = findNearest(matcher.value, values, 1)[0];
  const is = matcher.type === '=' ? `is never ${JSON.stringify(matcher.value)}` : `never matches ${matcher.value}`;
  const finding = `${matcher.name} ${is} there; there ${list(values.map((one) => JSON.stringify(one)))}`;
  if (nearest === undefined) return { findings: [finding], tries: ['obs discover logs'] };
  return { findings: [finding], tries: [replace(of, matcher, `${matcher.name}="${nearest}"`)] };
}

async function explainName(of: Suspects, matcher: Matcher): Promise<Why | undefined> {
  // A selector like {a=~".*"} does not ask for the label.
  if (await matchesStreams(of, printSelector([matcher]))) return undefined;
  const asField = await findAsField(of, matcher);
  if (asField !== undefined) {
    const finding = `${matcher.name} is no label of streams: lines have it as a field, which is filtered behind a |`;
    return { findings: [finding], tries: [writeCommand('logs', [asField])] };
  }
  const finding = `no stream has the label ${matcher.name}; there ${list(of.labels)}`;
  const nearest = findNearest(matcher.name, of.labels, 1)[0];
  if (nearest === undefined) return { findings: [finding], tries: ['obs discover logs'] };
  const value = JSON.stringify(matcher.value);
  return { findings: [finding], tries: [replace(of, matcher, `${nearest}${matcher.type}${value}`)] };
}

/** The same lines by a filter behind the selector, if there are any such. */
async function findAsField({ loki, log, window }: Suspects, matcher: Matcher): Promise<string | undefined> {
  const others = log.matchers.filter((one) => one !== matcher);
  const selector = others.length > 0 ? printSelector(others) : '{service_name=~".+"}';
  const query = `${selector} | ${printMatcher(matcher)}`;
  const found = await loki.queryRange({ query, ...window, limit: 1, direction: 'backward' });
  return found.kind === 'lines' && found.entries.length > 0 ? query : undefined;
}

async function matchesStreams({ loki, window }: Suspects, selector: string): Promise<boolean> {
  // Loki refuses selectors that match everything, so those match.
  return (await loki.series(selector, window).catch(() => [{}])).length > 0;
}

function replace({ query }: Suspects, matcher: Matcher, by: string): string {
  return writeCommand('logs', [query.slice(0, matcher.start) + by + query.slice(matcher.end)]);
}

/** `is "a"`, `are "a", "b" and 3 more`. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).join(', ');
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return `${names.length === 1 ? 'is' : 'are'} ${shown || 'none'}${more}`;
}
