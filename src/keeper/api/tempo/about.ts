// The paths by which clients see that a Tempo is there and which one.
import type { Route } from '../../http/types.ts';
import { jsonAnswer, textAnswer } from './answers.ts';

/** The Tempo whose behaviour is answered for. */
const version = '3.0.3';

export const aboutRoutes: readonly Route[] = [
  { method: 'GET', path: '/ready', handler: () => textAnswer('ready\n') },
  { method: 'GET', path: '/api/echo', handler: () => textAnswer('echo\n') },
  { method: 'GET', path: '/status/version', handler: () => textAnswer(`tempo, version ${version}\n`) },
  {
    method: 'GET',
    path: '/api/status/buildinfo',
    handler: () => jsonAnswer({ version, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' }),
  },
];
