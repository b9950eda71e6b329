// obs init: what it detects, and that what it writes is a valid obs.yaml, comments included.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../config/load.ts';
import { configInit } from './config-init.ts';
import type { ToolContext } from './tool.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'obs-init-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const makeContext = (): ToolContext => ({
  caller: 'cli',
  cwd: folder,
  env: {},
  worktree: undefined,
  allowCommands: true,
  signal: new AbortController().signal,
  progress: () => {},
  nowMs: () => 0,
});

async function init(): Promise<string> {
  await configInit.run({ agents: false }, makeContext());
  return readFileSync(join(folder, 'obs.yaml'), 'utf8');
}

const scripts: { name: string; files: Record<string, string>; apps: Record<string, string> }[] = [
  {
    name: 'npm start',
    files: { 'package.json': '{"name":"@acme/My Shop","scripts":{"start":"node .","dev":"x"}}' },
    apps: { 'My-Shop': 'npm start' },
  },
  {
    name: 'a dev script under pnpm',
    files: { 'package.json': '{"scripts":{"dev":"vite"},"name":"web"}', 'pnpm-lock.yaml': '' },
    apps: { web: 'pnpm run dev' },
  },
  {
    name: 'a Procfile before package.json',
    files: { 'package.json': '{"scripts":{"start":"x"}}', Procfile: "web: node server.js\nworker: sh -c 'a: b # c'\n" },
    apps: { web: 'node server.js', worker: "sh -c 'a: b # c'" },
  },
];

describe('obs init', () => {
  test.each(scripts)('detects $name', async ({ files, apps }) => {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const { config } = parseConfig(await init(), 'obs.yaml');
    expect(Object.fromEntries(Object.entries(config.apps).map(([name, app]) => [name, app.command]))).toEqual(apps);
    expect(Object.values(config.apps)[0]?.ports).toEqual({ PORT: 'auto' });
  });

  test('writes a valid file where nothing is detected', async () => {
    expect(parseConfig(await init(), 'obs.yaml').config).toMatchObject({ apps: {}, budgets: [{}] });
  });

  test('writes comments that are valid configuration once they are no comments', async () => {
    const commented = (await init()).replace(/^# ?(?=(?:runtime|ttl|apps|journeys): )|^#(?=[ ]{2,}|$)/gm, '');
    const whole = commented.replace(/^# (apps|journeys):/gm, '$1:');
    const { config } = parseConfig(whole, 'obs.yaml');
    expect(config.journeys.checkout?.steps).toHaveLength(3);
    expect(config.apps.web).toMatchObject({ metrics: '/metrics', command: 'npm start' });
    expect(config.budgets).toHaveLength(4);
  });

  test('never writes over a file', async () => {
    await init();
    await expect(init()).rejects.toThrow(expect.objectContaining({ code: 'OBS_CONFIG_EXISTS', exit: 2 }));
  });
});
