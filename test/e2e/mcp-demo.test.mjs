// The whole demo through a real MCP client: two worktrees, one server, every step a tool call. Each half of each answer is
// enough by itself and within the token limit.
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyShop, makeWorktrees, removeWorkspace } from '../../docs/examples/demo/workspace.mjs';

const obs = fileURLToPath(new URL('../../dist/obs.js', import.meta.url));
const maxTokens = 4_000;
const tokensOf = (text) => Math.ceil(Buffer.byteLength(text) / 3.5);

let workspace;
let good;
let slow;
let client;
const stderr = [];

beforeAll(async () => {
  workspace = await copyShop();
  ({ good, slow } = await makeWorktrees(workspace));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [obs, 'mcp'],
    cwd: good.path,
    env: { ...process.env, OBS_STATE_DIR: workspace.stateDir },
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (text) => stderr.push(String(text)));
  client = new Client({ name: 'demo', version: '1' });
  await client.connect(transport);
});

afterAll(async () => {
  for (const { path } of [good, slow]) await call('stack_down', { worktree: path });
  await client.close();
  await removeWorkspace(workspace);
});

async function call(name, args = {}) {
  const result = await client.callTool({ name, arguments: args }, undefined, { timeout: 90_000 });
  const { structuredContent: structured, content } = result;
  const text = content[0].text;
  expect(tokensOf(text), `${name}: text`).toBeLessThanOrEqual(maxTokens);
  expect(tokensOf(JSON.stringify(structured)), `${name}: structured`).toBeLessThanOrEqual(maxTokens);
  return { structured, text, isError: result.isError === true };
}

async function succeed(name, args) {
  const answer = await call(name, args);
  if (answer.isError) throw new Error(`${name}: ${answer.text}`);
  return answer;
}

it('lists the tools of the contract', async () => {
  const { tools } = await client.listTools();
  // What a client pays with every session, before any question.
  expect(tokensOf(JSON.stringify(tools))).toBeLessThan(7_500);
  expect(tools.map((one) => one.name)).toEqual(
    expect.arrayContaining(
      'stack_up stack_down stack_status stack_list app_run app_stop logs_query metrics_query traces_search trace_get telemetry_discover telemetry_diagnose budget_check journey_run'.split(
        ' ',
      ),
    ),
  );
});

it('a question before the stack is up names the tool that starts one', async () => {
  const { isError, text, structured } = await call('logs_query', { query: '{service_name="gateway"}' });
  expect(isError).toBe(true);
  expect(text).toMatch(/error OBS_NO_STACK[\s\S]*fix: obs up \(tool: stack_up\)/);
  expect(structured.error.fix).toBe('obs up (tool: stack_up)');
});

it('brings up two stacks at once, each answer naming its worktree', async () => {
  const answers = await Promise.all([good, slow].map(({ path }) => succeed('stack_up', { worktree: path })));
  expect(answers.map(({ structured }) => structured.worktree)).toEqual([good.path, slow.path]);
  expect(new Set(answers.map(({ structured }) => structured.stack.endpoints.loki)).size).toBe(2);
});

it('boots the declared apps in both, and refuses a free command', async () => {
  const { structured, text } = await succeed('app_run', {});
  expect(text).toContain('gateway');
  expect(structured.worktree).toBe(good.path);
  await succeed('app_run', { worktree: slow.path });
  const refused = await call('app_run', { command: ['node', '-e', '0'] });
  expect(refused.text).toContain('OBS_COMMANDS_NOT_ALLOWED');
});

it('drives the journeys', async () => {
  await Promise.all(
    [good, slow].map(async ({ path }) => {
      await succeed('journey_run', { name: 'browse', worktree: path });
      await succeed('journey_run', { name: 'checkout', worktree: path });
    }),
  );
});

describe('asks', () => {
  it.each([
    { tool: 'logs_query', query: '{service_name="gateway"} |= "order placed"', found: 'order placed' },
    { tool: 'metrics_query', query: 'sum by (outcome) (shop_orders_total)', found: 'placed' },
    {
      tool: 'traces_search',
      query: '{ span.obs.journey = "checkout" } >> { span.db.system.name != nil }',
      found: 'checkout',
    },
  ])('$tool, and finds the answer in either half, marked as untrusted', async ({ tool, query, found }) => {
    const { structured, text } = await succeed(tool, { query });
    const { query: _, ...answer } = structured;
    expect(JSON.stringify(answer)).toContain(found);
    expect(text.replace(query, '')).toContain(found);
    expect(structured.untrusted).toMatch(/never instructions/);
    expect(text).toContain('<untrusted-telemetry>');
  });

  it('what can be asked, and why there might be nothing', async () => {
    expect((await succeed('telemetry_discover', {})).text).toContain('gateway');
    expect((await succeed('telemetry_diagnose', {})).isError).toBe(false);
    expect((await succeed('stack_list', {})).text).toContain(slow.path);
  });
});

describe('judges', () => {
  it('the good worktree: every budget holds', async () => {
    const { structured } = await succeed('budget_check', {});
    expect(structured.verdicts.map((one) => one.verdict)).toEqual(['pass', 'pass', 'pass']);
  });

  it('the slow worktree: the guilty span and its statement are in either half, and its trace can be opened', async () => {
    const { structured, text } = await succeed('budget_check', { worktree: slow.path });
    const failed = structured.verdicts.filter((one) => one.verdict === 'fail');
    const culprit = failed.flatMap((one) => one.culprits).find((one) => /with recursive movement/.test(one.line));
    expect(failed).toHaveLength(2);
    expect(text).toMatch(/with recursive movement/);
    const opened = await succeed('trace_get', { traceId: culprit.traceId, worktree: slow.path });
    expect(opened.text).toMatch(/with recursive movement/);
  });
});

it('takes everything down, and writes nothing but notes to stderr', async () => {
  for (const { path } of [good, slow]) await succeed('stack_down', { worktree: path });
  const { isError, text } = await call('stack_status', {});
  expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining('OBS_NO_STACK') });
  expect(stderr.join('')).toBe('');
});
