// Bundles the loader that web pages get from the keeper into one script.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

// The API keeps what is registered under one symbol of the page. Under a name of its own the loader neither takes the place
// of an OpenTelemetry that the page brings, nor gets in its way.
const ownApi = {
  name: 'own-api',
  setup(building) {
    building.onLoad({ filter: /@opentelemetry\/api\/build\/esm\/internal\/global-utils\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace('`opentelemetry.js.api.', '`obs.opentelemetry.js.api.');
      if (contents === source) throw new Error(`${path} registers under another name than it used to`);
      return { contents, loader: 'js' };
    });
  },
};

/** Writes `outdir/loader.js`. Returns the files that were bundled. */
export async function buildLoader(outdir) {
  const { metafile } = await build({
    entryPoints: { loader: join(here, 'loader.ts') },
    outdir,
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    minify: true,
    legalComments: 'linked',
    metafile: true,
    plugins: [ownApi],
  });
  return Object.keys(metafile.inputs);
}
