// obs env: the environment that makes an app send its telemetry to this worktree's stack.
import { z } from 'zod';
import { makeEnvironment } from '../app/environment.ts';
import { ObsError } from '../errors/obs-error.ts';
import { makeGuestToken } from '../model/guest-token.ts';
import { portOffset } from '../model/ports.ts';
import { type RunningStack, requireStack } from '../stack/running-stack.ts';
import { makeIdentity } from './stack/document.ts';
import { findPreload } from './stack/preload.ts';
import { formatEnvironment, shellNames } from './stack/shells.ts';
import { findTarget } from './stack/target.ts';
import { defineTool } from './tool.ts';

const input = z.strictObject({
  shell: z.enum(shellNames).default('sh').describe('syntax of the text'),
  instrument: z.boolean().default(false).describe('add NODE_OPTIONS, so that Node apps are instrumented'),
  for: z.enum(['host', 'docker']).default('host').describe('where the app runs; docker needs up --listen docker'),
});

export const stackEnv = defineTool({
  name: 'stack_env',
  purpose:
    "The environment variables that make an app send its telemetry to this worktree's stack. No secret in it; with `for: docker` a token that only lets telemetry in.",
  input,
  output: z.object({ env: z.record(z.string(), z.string()), shell: z.enum(shellNames) }),
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'env',
    positionals: [],
    examples: ['eval "$(obs env)"', 'obs env --shell fish | source', 'obs env --shell dotenv > .env.obs'],
  },
  async run({ shell, instrument, for: place }, context) {
    if (place === 'docker' && instrument) {
      // The file of the preload is not in the container.
      throw new ObsError('OBS_NOT_BUILT', {
        feature: 'env --for docker --instrument',
        instead: 'obs env --for docker',
      });
    }
    const { worktree, root } = findTarget(context);
    const stack = await requireStack({ root, worktree, signal: context.signal });
    const identity = makeIdentity(stack, worktree);
    const env =
      place === 'docker'
        ? makeGuestEnvironment(stack, identity)
        : makeEnvironment({
            endpoints: stack.endpoints,
            identity,
            inherited: context.env,
            ...(instrument ? { preload: findPreload() } : {}),
          });
    return { output: { env, shell }, exit: 0 };
  },
  render: ({ env, shell }) => formatEnvironment(env, shell),
});

// A container inherits nothing of this environment.
function makeGuestEnvironment({ state }: RunningStack, identity: ReturnType<typeof makeIdentity>) {
  const host = state.dockerListen;
  if (host === null) throw new ObsError('OBS_NO_DOCKER_LISTENER', { worktree: state.worktree });
  return makeEnvironment({
    endpoints: { otlpHttp: `http://${host}:${state.basePort + portOffset.otlpHttp}` },
    identity,
    inherited: {},
    guest: { host, token: makeGuestToken(state.token) },
  });
}
