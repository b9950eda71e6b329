// obs env: the environment that makes an app send its telemetry to this worktree's stack.
import { z } from 'zod';
import { makeEnvironment } from '../app/environment.ts';
import { ObsError } from '../errors/obs-error.ts';
import { requireStack } from '../stack/running-stack.ts';
import { makeIdentity } from './stack/document.ts';
import { findPreload } from './stack/preload.ts';
import { formatEnvironment, shellNames } from './stack/shells.ts';
import { findTarget } from './stack/target.ts';
import { defineTool } from './tool.ts';

const input = z.strictObject({
  shell: z.enum(shellNames).default('sh').describe('syntax of the text'),
  instrument: z.boolean().default(false).describe('add NODE_OPTIONS, so that Node apps are instrumented'),
  for: z.enum(['host', 'docker']).default('host').describe('where the app runs'),
});

export const stackEnv = defineTool({
  name: 'stack_env',
  purpose: "The environment variables that make an app send its telemetry to this worktree's stack. No secret in it.",
  input,
  output: z.object({ env: z.record(z.string(), z.string()), shell: z.enum(shellNames) }),
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'env',
    positionals: [],
    examples: ['eval "$(obs env)"', 'obs env --shell fish | source', 'obs env --shell dotenv > .env.obs'],
  },
  async run({ shell, instrument, for: place }, context) {
    if (place === 'docker') {
      throw new ObsError('OBS_NOT_BUILT', { feature: 'obs env --for docker', instead: 'obs env' });
    }
    const { worktree, root } = findTarget(context);
    const stack = await requireStack({ root, worktree, signal: context.signal });
    const env = makeEnvironment({
      endpoints: stack.endpoints,
      identity: makeIdentity(stack, worktree),
      inherited: context.env,
      ...(instrument ? { preload: findPreload() } : {}),
    });
    return { output: { env, shell }, exit: 0 };
  },
  render: ({ env, shell }) => formatEnvironment(env, shell),
});
