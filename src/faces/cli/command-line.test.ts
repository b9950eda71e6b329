// The adapter from words to tools, run without a process: flags, help, streams, exit codes, interruption.
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ObsError } from '../../errors/obs-error.ts';
import { QueryError } from '../../errors/query-error.ts';
import { defineTool, Interruption, type ToolContext, type ToolDefinition, type ToolEntry } from '../../tools/tool.ts';
import { runCommandLine } from './command-line.ts';

const input = z.strictObject({
  query: z.string().describe('the query'),
  since: z.string().default('15m').describe('how far back'),
  limit: z.number().int().positive().default(100).describe('at most so many'),
  shape: z.enum(['flat', 'deep']).optional().describe('shape of the answer'),
  service: z.array(z.string()).default([]).describe('only these services'),
  follow: z.boolean().default(false).describe('go on until Ctrl-C'),
  colourNames: z.boolean().default(true).describe('names in colour'),
  command: z.array(z.string()).optional().describe('what to run'),
});

function makeTool(run: (input: unknown, context: ToolContext) => Promise<{ output: unknown; exit: number }>) {
  return defineTool({
    name: 'thing_query',
    purpose: 'Asks for things.',
    input,
    output: z.unknown(),
    marks: { readOnly: true, destructive: false, openWorld: false },
    cli: { verb: 'things', positionals: ['query'], afterDashes: 'command', examples: ["obs things '{}'"] },
    run,
    render: (output) => `answer ${JSON.stringify(output)}`,
    follow: {
      when: 'follow',
      async *stream() {
        yield { document: { n: 1 }, text: 'one' };
        yield { document: { n: 2 }, text: 'two' };
      },
    },
  });
}

const echo = makeTool(async (given) => ({ output: given, exit: 0 }));

async function run(
  words: string[],
  tool: ToolDefinition = echo,
  options: { signal?: AbortSignal; idle?: Promise<never>; platform?: NodeJS.Platform } = {},
) {
  const entry: ToolEntry = {
    verb: 'things',
    tool: 'thing_query',
    summary: 'ask',
    forAgents: true,
    telemetry: false,
    load: async () => tool,
  };
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exit = await runCommandLine({
    words,
    verbs: [entry],
    version: '9.9.9',
    platform: options.platform ?? 'linux',
    cwd: '/somewhere',
    env: {},
    stdout,
    stderr,
    signal: options.signal ?? new AbortController().signal,
    ...(options.idle !== undefined && { idle: options.idle }),
    nowMs: () => 0,
  });
  const readText = async (stream: PassThrough) => (await stream.end().setEncoding('utf8').toArray()).join('');
  return { exit, stdout: await readText(stdout), stderr: await readText(stderr) };
}

describe('flags', () => {
  const defaults = { query: 'q', since: '15m', limit: 100, service: [], follow: false, colourNames: true };
  const table: { name: string; words: string[]; input: object }[] = [
    { name: 'defaults of the schema are filled in', words: ['q'], input: defaults },
    { name: 'numbers are numbers', words: ['q', '--limit', '5'], input: { ...defaults, limit: 5 } },
    { name: 'a value may follow an equals sign', words: ['q', '--since=1h'], input: { ...defaults, since: '1h' } },
    {
      name: 'a list flag may be repeated',
      words: ['q', '--service', 'a', '--service', 'b'],
      input: { ...defaults, service: ['a', 'b'] },
    },
    { name: 'camelCase is kebab-case', words: ['q', '--no-colour-names'], input: { ...defaults, colourNames: false } },
    {
      name: 'what follows -- is taken as it is',
      words: ['q', '--', 'npm', '--json'],
      input: { ...defaults, command: ['npm', '--json'] },
    },
  ];
  it.each(table)('$name', async ({ words, input }) => {
    const done = await run(['--json', 'things', ...words]);
    expect({ exit: done.exit, input: JSON.parse(done.stdout) }).toEqual({ exit: 0, input });
  });
});

describe('wrong use', () => {
  const table: { name: string; words: string[]; error: RegExp }[] = [
    {
      name: 'an unknown verb names the nearest',
      words: ['thing'],
      error: /no verb "thing"[\s\S]*OBS_UNKNOWN_VERB[\s\S]*fix +obs things --help/,
    },
    {
      name: 'an unknown flag names the nearest',
      words: ['things', 'q', '--limt', '3'],
      error: /no flag "--limt"[\s\S]*OBS_UNKNOWN_FLAG[\s\S]*--limit/,
    },
    {
      name: 'a flag without its value',
      words: ['things', 'q', '--limit'],
      error: /"--limit" of obs things needs a value\. \[OBS_FLAG_WITHOUT_VALUE\]/,
    },
    {
      name: 'a flag whose value is another flag',
      words: ['things', 'q', '--since', '--follow'],
      error: /"--since" of obs things needs a value/,
    },
    {
      name: 'too many arguments',
      words: ['things', 'a', 'b', 'c'],
      error: /takes 1 argument, but 3 were given\. \[OBS_TOO_MANY_ARGUMENTS\]/,
    },
    { name: 'a missing argument', words: ['things'], error: /QUERY: is missing\. \[OBS_BAD_INPUT\]/ },
    { name: 'a number that is none', words: ['things', 'q', '--limit', 'ten'], error: /--limit: must be a number/ },
    {
      name: 'a choice that is none',
      words: ['things', 'q', '--shape', 'x'],
      error: /--shape: must be one of flat, deep/,
    },
  ];
  it.each(table)('$name: exit 2 and an error on stderr only', async ({ words, error }) => {
    const done = await run(words);
    expect(done).toMatchObject({ exit: 2, stdout: '' });
    expect(done.stderr).toMatch(error);
  });

  it('with --json the error is the one document on stdout', async () => {
    const done = await run(['things', '--json', '--limt']);
    expect(JSON.parse(done.stdout).error).toMatchObject({ code: 'OBS_UNKNOWN_FLAG', fix: 'obs things --help' });
    expect(done.stderr).toBe('');
  });
});

describe('answers', () => {
  it('text goes to stdout, progress to stderr, and the exit code is the tool’s', async () => {
    const tool = makeTool(async (_, context) => {
      context.progress('working');
      return { output: 1, exit: 3 };
    });
    expect(await run(['things', 'q'], tool)).toEqual({ exit: 3, stdout: 'answer 1\n', stderr: 'working\n' });
  });

  it('with --json an app’s output is kept off stdout', async () => {
    const tool = makeTool(async (_, context) => {
      context.terminal?.stdout.write('noise\n');
      return { output: {}, exit: 0 };
    });
    expect(await run(['things', 'q', '--json'], tool)).toEqual({ exit: 0, stdout: '{}\n', stderr: 'noise\n' });
  });

  it('a verb that follows prints each event, as NDJSON with --json', async () => {
    expect((await run(['things', 'q', '--follow'])).stdout).toBe('one\ntwo\n');
    expect((await run(['things', 'q', '--follow', '--json'])).stdout).toBe('{"n":1}\n{"n":2}\n');
  });

  it('--worktree is resolved against the current directory', async () => {
    const tool = makeTool(async (_, context) => ({ output: context.worktree, exit: 0 }));
    expect((await run(['--worktree', 'a', 'things', 'q', '--json'], tool)).stdout).toBe('"/somewhere/a"\n');
  });
});

describe('failures', () => {
  it('an ObsError ends with its own exit code', async () => {
    const tool = makeTool(async () => Promise.reject(new ObsError('OBS_NO_STACK', { worktree: '/w' })));
    const done = await run(['things', 'q'], tool);
    expect(done.exit).toBe(4);
    expect(done.stderr).toMatch(/No stack is running for \/w\. \[OBS_NO_STACK\][\s\S]*fix +obs up/);
  });

  it('a refused query shows line, column and caret', async () => {
    const query = 'sum(rate(x[5m])';
    const tool = makeTool(async () =>
      Promise.reject(new QueryError({ language: 'promql', kind: 'syntax', message: 'unclosed "("', query, start: 3 })),
    );
    const done = await run(['things', 'q', '--json'], tool);
    expect(done.exit).toBe(2);
    expect(JSON.parse(done.stdout).error).toMatchObject({
      code: 'OBS_QUERY_REFUSED',
      message: 'The promql query is refused at 1:4: unclosed "("',
      data: { caret: `${query}\n   ^` },
    });
  });

  it('a bug is OBS_INTERNAL, exit 4', async () => {
    const tool = makeTool(async () => Promise.reject(new TypeError('x is not a function')));
    expect(await run(['things', 'q'], tool)).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('OBS_INTERNAL'),
    });
  });

  it('a verb that can no longer answer is a bug, too, and not a success', async () => {
    const stuck = makeTool(() => new Promise(() => {}));
    const ended = await run(['things', 'q'], stuck, { idle: Promise.reject(new Error('nothing is left to wait for')) });
    expect(ended.exit).toBe(4);
    expect(ended.stderr).toContain('obs broke: nothing is left to wait for');
  });

  it('native Windows is refused with the way out', async () => {
    const done = await run(['things', 'q'], echo, { platform: 'win32' });
    expect(done).toMatchObject({ exit: 4, stderr: expect.stringMatching(/OBS_WINDOWS[\s\S]*wsl --install/) });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    [null, 0],
  ] as const)('%s while a tool works ends with %i', async (signalName, exit) => {
    const controller = new AbortController();
    const tool = makeTool(async (_, context) => {
      controller.abort(new Interruption(signalName));
      return Promise.reject(context.signal.reason);
    });
    expect(await run(['things', 'q'], tool, { signal: controller.signal })).toMatchObject({ exit, stdout: '' });
  });
});

describe('help', () => {
  it('lists every verb', async () => {
    const done = await run(['--help']);
    expect(done).toMatchObject({ exit: 0, stdout: expect.stringContaining('  things  ask') });
  });

  it('without a verb shows the same and ends with 2', async () => {
    expect(await run([])).toMatchObject({ exit: 2, stdout: expect.stringContaining('usage: obs VERB') });
  });

  it('of a verb shows arguments, flags, defaults and examples', async () => {
    expect((await run(['things', '--help'])).stdout).toMatchInlineSnapshot(`
      "Asks for things.

      usage: obs things QUERY [FLAGS] [-- CMD…]

        QUERY                             the query
        --since TEXT                      how far back (default: 15m)
        --limit N                         at most so many (default: 100)
        --shape flat|deep                 shape of the answer
        --service TEXT (may be repeated)  only these services
        --follow                          go on until Ctrl-C
        --no-colour-names                 names in colour
        --json                            one JSON document on stdout, and nothing else there
        --max-tokens N                    with --json: cut the answer to so many tokens
        --worktree DIR                    the worktree to work on (default: the one that contains the current directory)

      examples:
        obs things '{}'
      "
    `);
    expect((await run(['help', 'things'])).stdout).toBe((await run(['things', '--help'])).stdout);
  });

  it('--version prints the version', async () => {
    expect((await run(['--version'])).stdout).toBe('9.9.9\n');
  });
});
