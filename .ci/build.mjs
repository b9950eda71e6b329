// Bundles obs into dist/: the command, the keeper, the generator of committed files, and the preload folder that
// apps load. One file each: what a verb does not need is left unevaluated inside it, and finding and loading some thirty
// chunks would cost a verb more than a third of its start.
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { buildPreload } from '../src/app/preload/build.mjs';
import { writeNotices } from './notices.mjs';

const external = [
  'dockerode',
  '@opentelemetry/sdk-node',
  '@opentelemetry/exporter-trace-otlp-http',
  '@modelcontextprotocol/sdk',
  '@grpc/grpc-js',
];

// esbuild shakes what is unused out of `import * as z`, but not out of the namespace object `z` that zod exports: with it
// every verb would load 580 kB (all of zod's locales) instead of 146.
const shakeZod = {
  name: 'shake-zod',
  setup(building) {
    building.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace("import { z } from 'zod'", "import * as z from 'zod'"),
      loader: 'ts',
    }));
  },
};

// Built beside the old one and then moved into its place, so that a command never finds half a build.
const fresh = `dist.${process.pid}`;
const { metafile } = await build({
  entryPoints: {
    obs: 'src/faces/cli/main.ts',
    keeper: 'src/keeper/main.ts',
    supervisor: 'src/app/supervisor/main.ts',
    generate: 'src/faces/generate.ts',
  },
  outdir: fresh,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external,
  plugins: [shakeZod],
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  legalComments: 'linked',
  metafile: true,
  banner: {
    js: "import { createRequire as __obsRequire } from 'node:module'; const require = __obsRequire(import.meta.url);",
  },
});
const preloaded = await buildPreload(`${fresh}/preload`);
writeNotices(`${fresh}/THIRD-PARTY-NOTICES.txt`, [...Object.keys(metafile.inputs), ...preloaded]);
rmSync('dist', { recursive: true, force: true });
renameSync(fresh, 'dist');
