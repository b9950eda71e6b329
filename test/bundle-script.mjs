// A TypeScript program of the tests as one file that plain Node runs, without a build of obs.
import { build } from 'esbuild';

/** Bundles `entry` into `outfile`, an ES module; `more` are further options of esbuild. */
export function bundleScript(entry, outfile, more = {}) {
  return build({
    entryPoints: [entry],
    bundle: true,
    outfile,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'error',
    ...more,
  });
}
