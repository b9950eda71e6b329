// Bundles the preload: the entry that NODE_OPTIONS names, the SDK core, and one chunk for each instrumentation of
// @opentelemetry/auto-instrumentations-node and for Fastify. The table of who watches what is read off the
// instrumentations themselves, so an update of the packages needs no edit here.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const prefix = '@opentelemetry/instrumentation-';

/** Instrumentations that hook no module by name; what makes them useful is listed here. */
const withoutModules = { '@fastify/otel': ['fastify'], [`${prefix}undici`]: ['undici'] };

/** Options with which an instrumentation is made, as source text. */
const options = {
  '@fastify/otel': '{ registerOnInitialization: true }',
  // `obs run` takes the lines that they print; a second stream behind each logger would only change how it writes.
  [`${prefix}bunyan`]: '{ disableLogSending: true }',
  [`${prefix}pino`]: '{ disableLogSending: true }',
  [`${prefix}winston`]: '{ disableLogSending: true }',
};

/** Chunks that need more than options. */
const ownChunks = { http: 'chunks/http.ts', undici: 'chunks/undici.ts' };

/** A retry that is due in a second must not keep a program alive that has ended. */
const quietTimers = { define: { setTimeout: 'quietTimeout' }, inject: [join(here, 'shims/quiet-timeout.ts')] };

/** Node makes its `performance` when it is first asked for, and the core asks when it is evaluated. */
const latePerformance = {
  define: { performance: 'latePerformance' },
  inject: [join(here, 'shims/late-performance.ts')],
};

/** Not for a process of its own: Lambda's handler is found through Lambda's environment only. */
const leftOut = new Set([`${prefix}aws-lambda`, `${prefix}runtime-node`, `${prefix}host-metrics`]);

/** Writes the preload folder; `outdir/entry.cjs` is what NODE_OPTIONS names. Returns the files that were bundled. */
export async function buildPreload(outdir) {
  const found = listInstrumentations();
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const inputs = await Promise.all([
    bundle({ entry: join(here, 'entry.ts'), outfile: join(outdir, 'entry.cjs'), define: makeTable(found) }),
    bundle({ entry: join(here, 'core.ts'), outfile: join(outdir, 'core.cjs'), isCore: true, ...latePerformance }),
    bundle({ entry: join(here, 'chunks/tracing.ts'), outfile: join(outdir, 'tracing.cjs') }),
    bundle({ entry: join(here, 'chunks/exporter.ts'), outfile: join(outdir, 'exporter.cjs'), ...quietTimers }),
    bundle({ entry: join(here, 'chunks/metrics.ts'), outfile: join(outdir, 'metrics.cjs'), ...quietTimers }),
    ...found.map(({ packageName, className, chunk }) =>
      bundle({
        ...(chunk in ownChunks
          ? { entry: join(here, ownChunks[chunk]) }
          : { source: makeSource(packageName, className) }),
        outfile: join(outdir, `${chunk}.cjs`),
      }),
    ),
  ]);
  return inputs.flat();
}

function makeSource(packageName, className) {
  return `import { ${className} } from '${packageName}';
export const make = () => new ${className}(${options[packageName] ?? ''});`;
}

function listInstrumentations() {
  const main = require.resolve('@opentelemetry/auto-instrumentations-node');
  const { dependencies } = JSON.parse(readFileSync(join(dirname(main), '../../package.json'), 'utf8'));
  const names = Object.keys(dependencies).filter((name) => name.startsWith(prefix) && !leftOut.has(name));
  return [...names, '@fastify/otel'].map((packageName) => {
    const exported = require(packageName);
    const className = Object.keys(exported).find((name) => /Instrumentation$/.test(name));
    const made = new exported[className]({ enabled: false });
    const definitions = listDefinitions(made);
    return {
      packageName,
      className,
      chunk: packageName.replace(prefix, '').replace('@fastify/otel', 'fastify'),
      modules: withoutModules[packageName] ?? definitions.map(({ name }) => name),
      patched: definitions.flatMap(({ name, files }) => [name, ...files.map((file) => normalize(file.name))]),
    };
  });
}

// Some are made of several, one for each major version of the library.
function listDefinitions(made) {
  const parts = [made, ...Object.values(made)].filter((part) => Array.isArray(part?._modules));
  return parts.flatMap((part) => part._modules);
}

function makeTable(found) {
  const table = {};
  for (const { modules, chunk } of found) {
    for (const module of modules) {
      const name = module
        .split('/')
        .slice(0, module.startsWith('@') ? 2 : 1)
        .join('/');
      table[name] = [...new Set([...(table[name] ?? []), chunk])];
    }
  }
  const patched = [...new Set(found.flatMap((one) => one.patched))];
  return { WATCHED_PACKAGES: JSON.stringify(table), PATCHED_FILES: JSON.stringify(patched) };
}

async function bundle({ entry, source, outfile, define, inject, isCore = false }) {
  const { metafile } = await build({
    metafile: true,
    ...(entry ? { entryPoints: [entry] } : { stdin: { contents: source, resolveDir: here } }),
    outfile,
    define,
    inject,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node18.19',
    mainFields: ['module', 'main'],
    legalComments: 'linked',
    logLevel: 'error',
    plugins: [standIns(), inlineConstants(), ...(isCore ? [] : [shareCore()])],
  });
  return Object.keys(metafile.inputs);
}

// One module hook for all (module-hook.ts) instead of the two that the packages bring, and a shorter way through versions.
function standIns() {
  const shims = [
    [/\/RequireInTheMiddleSingleton$/, 'shims/require-singleton.ts'],
    [/^(require|import)-in-the-middle$/, 'shims/middle-hook.ts'],
    [/^\.\.\/\.\.\/semver$/, 'shims/semver.ts'],
  ];
  return {
    name: 'stand-ins',
    setup(on) {
      for (const [filter, file] of shims) on.onResolve({ filter }, () => ({ path: join(here, file) }));
    },
  };
}

// The instrumentations are CommonJS, so nothing is shaken off: 1,500 constants for the ten that each uses. Each import of
// them becomes a literal with just those.
function inlineConstants() {
  const constants = new Map();
  const imported =
    /const (\{[^}]*\}|\w+) = require\(["']@opentelemetry\/semantic-conventions(?:\/incubating)?["']\);?/g;
  return {
    name: 'inline-constants',
    setup(on) {
      on.onLoad({ filter: /(@opentelemetry|@fastify)\/.*\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (constants.size === 0) readConstants(constants);
        const contents = text.replaceAll(imported, (whole, target) => {
          const used = target.startsWith('{')
            ? target.match(/\w+/g)
            : [...text.matchAll(new RegExp(`\\b${target}\\.(\\w+)`, 'g'))].map(([, name]) => name);
          if (!used.every((name) => constants.has(name))) return whole;
          const literal = Object.fromEntries(used.map((name) => [name, constants.get(name)]));
          return `const ${target} = ${JSON.stringify(literal)};`;
        });
        return { contents, loader: 'js' };
      });
    },
  };
}

function readConstants(constants) {
  for (const module of ['@opentelemetry/semantic-conventions/incubating', '@opentelemetry/semantic-conventions'])
    for (const [name, value] of Object.entries(require(module)))
      if (typeof value !== 'object') constants.set(name, value);
}

// Chunks take the API and the instrumentation base from the core: one copy in memory, one set of globals.
function shareCore() {
  const filter = /^@opentelemetry\/(api|core|instrumentation)$/;
  return {
    name: 'share-core',
    setup(on) {
      on.onResolve({ filter: /^\.\/core\.cjs$/ }, ({ path }) => ({ path, external: true }));
      on.onResolve({ filter }, ({ path }) => ({ path, namespace: 'shared' }));
      on.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({
        contents: `module.exports = require('./core.cjs').shared[${JSON.stringify(path)}];`,
        loader: 'js',
      }));
    },
  };
}
