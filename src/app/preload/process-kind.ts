// Which Node processes are left alone. NODE_OPTIONS reaches every Node process below the app's command, and package
// managers and compilers are not what anyone wants to see.
import { basename, dirname } from 'node:path';

const tools =
  /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|tsc|npm-cli|npx-cli|node-gyp|yarn-\d[\w.-]*|obs|worktree-obs)(?:\.[cm]?js)?$/;

/** Whether a program is a package manager, a compiler or obs itself; `distFolder` is where obs's own bundles are. */
export function isTool(program: string | undefined, distFolder: string): boolean {
  if (program === undefined) return false;
  return tools.test(basename(program)) || dirname(program) === distFolder;
}

/** Whether the environment says that nothing may be instrumented, as the OpenTelemetry specification defines it. */
export function isSwitchedOff(env: NodeJS.ProcessEnv): boolean {
  return env.OTEL_SDK_DISABLED?.toLowerCase() === 'true';
}
