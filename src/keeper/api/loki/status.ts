// ready and buildinfo.
import type { ApiResponse } from '../../http/types.ts';
import { json } from './query.ts';

/** The release whose behaviour is imitated; Grafana switches features by it. */
const imitatedVersion = '3.7.6';

export function ready(): ApiResponse {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ready\n' };
}

export function buildInfo(): ApiResponse {
  return json(
    JSON.stringify({
      version: imitatedVersion,
      revision: 'obs',
      branch: 'HEAD',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    }),
  );
}
