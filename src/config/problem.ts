// From what the schema found wrong to an error with line, column, caret and the nearest right form.
import { type Document, isMap, isNode, isScalar } from 'yaml';
import type { z } from 'zod';
import { ObsError } from '../errors/obs-error.ts';
import { findNearest } from '../std/nearest.ts';
import { describePosition } from '../std/text-position.ts';
import { listKnownKeys } from './known-keys.ts';

/** The parsed file that positions are looked up in. */
export interface ConfigSource {
  readonly document: Document;
  readonly text: string;
  readonly file: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const listedProblems = 10;

/** The first problem as an error; the others are listed in its `more`. Unknown keys come first: they explain the rest. */
export function makeProblemError(error: z.ZodError, source: ConfigSource): ObsError {
  const issues = error.issues.map(chooseBranch);
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown !== undefined) return makeUnknownKeyError(unknown, source);
  const [first, ...others] = issues;
  if (first === undefined) throw new Error('a refused configuration without a problem');
  const wrong = readWrongWord(first);
  return new ObsError('OBS_CONFIG_INVALID', {
    ...locate(first.path, source),
    where: formatPath(first.path),
    detail: describe(first),
    nearest: wrong === undefined ? [] : findNearest(wrong.word, wrong.known),
    more: others.slice(0, listedProblems).map((issue) => {
      const { line, column } = locate(issue.path, source);
      return `${source.file}:${line}:${column}: ${formatPath(issue.path)}: ${describe(issue)}`;
    }),
  });
}

function makeUnknownKeyError(issue: Extract<Issue, { code: 'unrecognized_keys' }>, source: ConfigSource): ObsError {
  const key = issue.keys[0] ?? '';
  const known = listKnownKeys(issue.path);
  return new ObsError('OBS_CONFIG_UNKNOWN_KEY', {
    ...locateKey(issue.path, key, source),
    key,
    where: formatPath(issue.path),
    nearest: findNearest(key, known),
    known,
  });
}

// Of a union, the branch that came furthest tells what was meant: its problem lies deepest, or is an unknown key.
function chooseBranch(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.flatMap((errors) => (errors[0] === undefined ? [] : [errors[0]]));
  const depth = (each: Issue) => each.path.length * 2 + (each.code === 'unrecognized_keys' ? 1 : 0);
  const best = branches.filter((each) => depth(each) > 0).sort((a, b) => depth(b) - depth(a))[0];
  if (best !== undefined) return chooseBranch({ ...best, path: [...issue.path, ...best.path] });
  const expected = branches.map((each) => (each.code === 'invalid_type' ? each.expected : describe(each)));
  return { ...issue, message: `expected ${[...new Set(expected)].join(' or ')}` };
}

const descriptions: Readonly<Record<string, (issue: Issue) => string>> = {
  invalid_type: (issue) =>
    issue.code === 'invalid_type' ? `expected ${issue.expected}, ${/received .*/.exec(issue.message)?.[0] ?? ''}` : '',
  invalid_value: (issue) => (issue.code === 'invalid_value' ? `use one of ${issue.values.join(', ')}` : ''),
  invalid_format: (issue) => `expected ${issue.message}`,
  invalid_key: () => `the name of this entry is not allowed: use letters, digits, . _ and -`,
};

function describe(issue: Issue): string {
  return descriptions[issue.code ?? '']?.(issue) || issue.message;
}

function readWrongWord(issue: Issue): { word: string; known: readonly string[] } | undefined {
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    return { word: issue.input, known: issue.values.map(String) };
  }
  if (issue.code !== 'custom' || typeof issue.params?.wrong !== 'string') return undefined;
  // Set together with `wrong`, in the schema's own check.
  return { word: issue.params.wrong, known: issue.params.known as string[] };
}

function formatPath(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function locate(path: Path, source: ConfigSource) {
  // The value may be missing: then the nearest thing around it is where it should have been.
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? source.document.contents : source.document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return position(source, node.range[0], isScalar(node) ? node.range[1] : undefined);
  }
  return position(source, 0);
}

function locateKey(path: Path, key: string, source: ConfigSource) {
  const map = path.length === 0 ? source.document.contents : source.document.getIn(path, true);
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  if (isScalar(pair?.key) && pair.key.range) return position(source, pair.key.range[0], pair.key.range[1]);
  return locate(path, source);
}

function position({ file, text }: ConfigSource, start: number, end?: number) {
  return { file, ...describePosition(text, start, end) };
}
