// The README's main command: `npm run demo` ends with 0 and shows what it promises. How long it takes is for eyes, not for tests.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tidy/source-files.ts';

const run = promisify(execFile);
let transcript: string;

beforeAll(async () => {
  // Rejects with the transcript unless the exit code is 0.
  const env = { ...process.env, NO_COLOR: '1' };
  transcript = (await run('npm', ['run', '--silent', 'demo'], { cwd: root, env, maxBuffer: 1 << 24 })).stdout;
});

describe('npm run demo', () => {
  it.each([
    {
      name: 'brings up a stack in each of two worktrees',
      text: /\[main\] \$ obs up\nready in[\s\S]*\[reserve-by-replay\] \$ obs up\nready in|\[reserve-by-replay\] \$ obs up\nready in[\s\S]*\[main\] \$ obs up\nready in/,
    },
    { name: 'boots the three services in both', text: /(gateway {2}ready in[\s\S]*){2}/ },
    { name: 'drives two journeys', text: /journey browse: 3 iterations, ok[\s\S]*journey checkout: 1 iteration, ok/ },
    { name: 'asks LogQL', text: /\$ obs logs '\{service_name="gateway"\} \|= "order placed"'\n[\s\S]*order placed/ },
    { name: 'asks PromQL', text: /\$ obs metrics 'sum by \(outcome\) \(shop_orders_total\)'\n[\s\S]*placed/ },
    { name: 'asks TraceQL', text: /\$ obs traces '\{ span\.obs\.journey = "checkout" \} >> / },
    {
      name: 'draws a waterfall down to the database',
      text: /\$ obs trace [0-9a-f]{32}\n[\s\S]*journey checkout[\s\S]*with recursive movement/,
    },
    {
      name: 'passes one worktree and fails the other',
      text: /\[main\] \$ obs check[\s\S]*\[reserve-by-replay\] \$ obs check[\s\S]*\(exit code 1\)/,
    },
    {
      name: 'names the guilty database span with its statement',
      text: /✓ the guilty database span is named, with its statement/,
    },
    {
      name: 'leaves no process, port or state',
      text: /✓ no process is left\n✓ no port is open\n✓ no state is left but the port reservations\n/,
    },
    {
      name: 'says that the expected verdicts came out',
      text: /The expected verdicts came out: (\d+) of \1, in \d+\.\d s\.\n$/,
    },
  ])('$name', ({ text }) => {
    expect(transcript).toMatch(text);
  });

  it('removes its workspace', () => {
    const [, folder] = /of (\/\S*obs-demo-\w+)\//.exec(transcript) ?? [];
    expect(folder !== undefined && existsSync(folder)).toBe(false);
  });
});
