// Bundles obs into dist/: the command, the keeper, the supervisor, the generator of committed files, and the preload folder
// that apps load. One file for each program: what a verb does not need stays unevaluated inside it, and finding and
// loading some thirty chunks would cost a verb more than a third of its start.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { buildLoader } from '../src/app/browser/build.mjs';
import { buildPreload } from '../src/app/preload/build.mjs';
import { writeNotices } from './notices.mjs';

const external = [
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

// Files of their own, since few commands speak to a container engine and all would read them.
const apart = ['dockerode', 'tar-stream'];
const setApart = {
  name: 'set-apart',
  setup(building) {
    building.onResolve({ filter: new RegExp(`^(?:${apart.join('|')})$`) }, ({ path }) => ({
      path: `./${path}.cjs`,
      external: true,
    }));
  },
};

// Half of dockerode is there for engines behind ssh and for builds, which obs has no use for. Without them, and bundled, it
// loads in a tenth of the time.
const slimDockerode = {
  name: 'slim-dockerode',
  setup(building) {
    building.onResolve({ filter: /^(?:ssh2|tar-fs|\.\/session)$/ }, ({ path, importer }) => {
      if (!/node_modules\/(?:dockerode|docker-modem)\/lib\//.test(importer)) return undefined;
      return { path, namespace: 'left-out' };
    });
    building.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error('obs does not use ${path}'); };`,
    }));
  },
};

// Built beside the old one and then moved into its place, so that a command never finds half a build.
const fresh = `dist.${process.pid}`;
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external,
  plugins: [shakeZod, setApart],
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'linked',
  metafile: true,
};
// CommonJS, because V8's code cache exists for scripts only; src/faces/launch.ts runs them with it.
const program = {
  ...common,
  outdir: `${fresh}/program`,
  format: 'cjs',
  supported: { 'dynamic-import': false },
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': '__obsModuleUrl' },
  banner: { js: "const __obsModuleUrl = require('node:url').pathToFileURL(__filename).href;" },
};
const entryPoints = {
  obs: 'src/faces/cli/main.ts',
  keeper: 'src/keeper/main.ts',
  supervisor: 'src/app/supervisor/main.ts',
  ender: 'src/runtimes/ender/main.ts',
};
const programs = await build({ ...program, entryPoints });
// A thread of the keeper, which nobody starts by itself.
await build({ ...program, entryPoints: { 'segment-checker': 'src/keeper/wal/segment-checker.ts' } });
// The verbs that are waited for most often: each as a program without all the others, which reading takes longer than
// what these verbs do.
const quickVerbs = { up: 'stack-up', down: 'stack-down', status: 'stack-status', env: 'stack-env', ps: 'stack-list' };
for (const [verb, file] of Object.entries(quickVerbs)) {
  const plugins = [...common.plugins, leaveOutVerbsBut(file)];
  await build({ ...program, plugins, entryPoints: { [`obs-${verb}`]: entryPoints.obs } });
}
const libraries = await build({
  ...common,
  plugins: [slimDockerode],
  entryPoints: apart,
  outdir: `${fresh}/program/libraries`,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
});
await build({
  ...program,
  entryPoints: Object.fromEntries(apart.map((name) => [name, 'src/faces/load-library.ts'])),
  // Whoever imports a CommonJS library gets all that it exports as the default.
  footer: { js: 'module.exports = module.exports.default;' },
});
await build({
  ...common,
  entryPoints: Object.fromEntries(Object.keys(entryPoints).map((name) => [name, 'src/faces/launch.ts'])),
  outdir: fresh,
  format: 'cjs',
  define: { 'import.meta.url': '__obsModuleUrl' },
  banner: { js: "const __obsModuleUrl = require('node:url').pathToFileURL(__filename).href;" },
});
// Node's loader of ES modules costs a verb 15 ms before the first line of ours.
writeFileSync(`${fresh}/package.json`, '{ "type": "commonjs" }\n');
await build({
  ...common,
  // It stands outside of program/, where the files set apart are.
  plugins: [shakeZod, slimDockerode],
  entryPoints: { generate: 'src/faces/generate.ts' },
  outdir: fresh,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  banner: {
    js: "import { createRequire as __obsRequire } from 'node:module'; const require = __obsRequire(import.meta.url);",
  },
});
for (const folder of [`${fresh}/program`, `${fresh}/program/libraries`])
  for (const name of readdirSync(folder)) if (name.endsWith('.cjs')) escapeToAscii(`${folder}/${name}`);
const preloaded = await buildPreload(`${fresh}/preload`);
const forPages = await buildLoader(`${fresh}/browser`);
mkdirSync(`${fresh}/python`);
copyFileSync('src/app/languages/sitecustomize.py', `${fresh}/python/sitecustomize.py`);
writeNotices(`${fresh}/THIRD-PARTY-NOTICES.txt`, [
  ...Object.keys(programs.metafile.inputs),
  ...Object.keys(libraries.metafile.inputs),
  ...preloaded,
  ...forPages,
]);
rmSync('dist', { recursive: true, force: true });
renameSync(fresh, 'dist');

function leaveOutVerbsBut(file) {
  const verbLists = /\/src\/(?:tools\/list|faces\/cli\/face-verbs)\.ts$/;
  return {
    name: 'leave-out-verbs',
    setup(building) {
      building.onResolve({ filter: /^\.{1,2}\// }, ({ path, importer, kind }) => {
        if (kind !== 'dynamic-import' || !verbLists.test(importer) || path === `./${file}.ts`) return undefined;
        return { path, namespace: 'other-verb' };
      });
      building.onLoad({ filter: /.*/, namespace: 'other-verb' }, () => ({ contents: '' }));
    },
  };
}

// One letter beyond ASCII makes V8 keep the whole program as two-byte text, which is slower to read and to hash. esbuild
// escapes it everywhere but in regular expressions, where the same escape holds.
function escapeToAscii(file) {
  const escapeLetter = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, escapeLetter));
}
