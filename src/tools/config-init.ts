// obs init: write a commented obs.yaml.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configFileName } from '../config/locate.ts';
import { ObsError } from '../errors/obs-error.ts';
import { readErrorCode } from '../std/error-code.ts';
import { findWorktree } from '../worktree/worktree.ts';
import { detectApps } from './init/detect.ts';
import { makeTemplate } from './init/template.ts';
import { defineTool } from './tool.ts';

export const configInit = defineTool({
  name: 'config_init',
  purpose: 'Write a commented obs.yaml into the current directory, with the apps that package.json or a Procfile name.',
  input: z.strictObject({
    agents: z.boolean().default(false).describe('also write instructions and MCP configuration for coding agents'),
  }),
  output: z.object({ file: z.string(), apps: z.array(z.string()) }),
  marks: { readOnly: false, destructive: false, openWorld: false },
  cli: { verb: 'init', positionals: [], examples: ['obs init'] },
  async run({ agents }, context) {
    if (agents) throw new ObsError('OBS_NOT_BUILT', { feature: 'obs init --agents', instead: 'obs init' });
    const folder = context.worktree ?? context.cwd;
    findWorktree(folder);
    const file = join(folder, configFileName);
    const apps = detectApps(folder);
    writeNewFile(file, makeTemplate(apps));
    return { output: { file, apps: apps.map((app) => app.name) }, exit: 0 };
  },
  render: ({ file, apps }) =>
    [
      `wrote ${file}`,
      apps.length === 0 ? 'No app was detected: name one in it.' : `apps: ${apps.join(', ')}`,
      apps.length === 0 ? 'next  obs up' : `next  obs run ${apps[0]}`,
    ].join('\n'),
});

function writeNewFile(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if (readErrorCode(error) === 'EEXIST') throw new ObsError('OBS_CONFIG_EXISTS', { file }, { cause: error });
    throw error;
  }
}
