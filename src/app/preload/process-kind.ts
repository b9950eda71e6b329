// Which Node processes are left alone. NODE_OPTIONS reaches every Node process below the app's command, and package
// managers and compilers are not what anyone wants to see. Imports nothing: this is all that runs in them.

const tools =
  /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|tsc|npm-cli|npx-cli|node-gyp|yarn-\d[\w.-]*|obs|worktree-obs)(?:\.[cm]?js)?$/;

/** Whether a program is a package manager, a compiler or obs itself; `preloadFolder` is one of obs's own bundles. */
export function isTool(program: string | undefined, preloadFolder: string): boolean {
  if (program === undefined) return false;
  const slash = program.lastIndexOf('/');
  return tools.test(program.slice(slash + 1)) || isInside(program.slice(0, slash), preloadFolder);
}

/** Whether the environment says that nothing may be instrumented, as the OpenTelemetry specification defines it. */
export function isSwitchedOff(env: NodeJS.ProcessEnv): boolean {
  return env.OTEL_SDK_DISABLED?.toLowerCase() === 'true';
}

/** `dist` itself, where obs.js is, and the folders beside the preload. */
function isInside(folder: string, preloadFolder: string): boolean {
  const dist = preloadFolder.slice(0, preloadFolder.lastIndexOf('/'));
  return folder === dist || folder === `${dist}/program`;
}
