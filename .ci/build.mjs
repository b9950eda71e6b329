// Bundles obs into dist/: the command, the keeper, the generator of committed files, and the preload folder that
// apps load. Bundles start faster than thousands of small files, and each verb is a chunk of its own.
import { existsSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const external = [
  'dockerode',
  '@opentelemetry/sdk-node',
  '@opentelemetry/exporter-trace-otlp-http',
  '@modelcontextprotocol/sdk',
  '@grpc/grpc-js',
];

rmSync('dist', { recursive: true, force: true });
const entryPoints = {
  obs: 'src/faces/cli/main.ts',
  keeper: 'src/keeper/main.ts',
  generate: 'src/tools/generate/main.ts',
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
