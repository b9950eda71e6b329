// Bundles obs into dist/: the command, the keeper, the generator of committed files, and the preload folder that
// apps load. Bundles start faster than thousands of small files, and each verb is a chunk of its own.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

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

rmSync('dist', { recursive: true, force: true });
const entryPoints = {
  obs: 'src/faces/cli/main.ts',
  keeper: 'src/keeper/main.ts',
  supervisor: 'src/app/supervisor/main.ts',
  generate: 'src/faces/generate.ts',
};
await build({
  entryPoints: Object.fromEntries(Object.entries(entryPoints).filter(([, file]) => existsSync(file))),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  external,
  plugins: [shakeZod],
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  legalComments: 'linked',
  banner: {
    js: "import { createRequire as __obsRequire } from 'node:module'; const require = __obsRequire(import.meta.url);",
  },
});
if (existsSync('src/app/preload/build.mjs'))
  await (await import('../src/app/preload/build.mjs')).buildPreload('dist/preload');
