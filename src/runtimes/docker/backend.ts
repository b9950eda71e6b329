// Where the keeper finds the servers that run in the containers of a stack.
import type { Backend } from '../../model/backend.ts';
import { makeOwnBackend } from '../backend.ts';
import { containerPlaces, type ServerName } from '../servers.ts';
import type { StartedContainer } from './ready.ts';

/** The backend that the started containers are. */
export function makeBackend(started: readonly StartedContainer[]): Promise<Backend> {
  const find = (server: ServerName): StartedContainer => {
    const found = started.find(({ role }) => role === server);
    if (found === undefined) throw new Error(`${server} was not started`);
    return found;
  };
  const [loki, prometheus, tempo] = [find('loki').url, find('prometheus').url, find('tempo')];
  const tempoOtlp = tempo.urls[containerPlaces.tempo.otlpHttpPort];
  if (tempoOtlp === undefined) throw new Error('no port for spans was published');
  return makeOwnBackend({ loki, prometheus, tempo: tempo.url, tempoOtlp });
}
