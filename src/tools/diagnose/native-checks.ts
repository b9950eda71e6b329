// Which programs of the native runtime are here, and where the missing ones are published. A trouble only where native is
// wanted; elsewhere nobody misses them.
import { findExecutables, publishedAt } from '../../runtimes/native/executables.ts';
import { type Check, fail, note, ok } from './check.ts';

export const nativeChecks: readonly Check[] = [
  {
    name: 'native programs',
    run: async ({ config, stack, context: { env } }) => {
      if (config === undefined) return [];
      const isWanted = config.runtime === 'native' || stack?.state.runtime === 'native';
      return findExecutables({ ...config, env }).map(({ server, wanted, path }) => {
        if (path !== undefined) return ok(`${server}: ${path}`);
        const where = `${server}: ${wanted} is not on PATH; published at ${publishedAt[server]}`;
        return isWanted ? fail(where, 'obs up --runtime embedded') : note(`${where} (needed by --runtime native only)`);
      });
    },
  },
];
