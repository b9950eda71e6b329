// GET /api/v1/metadata in front of a Prometheus. It knows type, unit and help of what it scrapes itself only, and here the
// keeper scrapes and translates; so the keeper answers, from all that it ever took.
import { answerMetadata } from '../api/prometheus/metadata.ts';
import type { Route } from '../http/types.ts';
import type { MetadataByName } from '../signal-store.ts';

export function makeMetadataRoute(list: () => MetadataByName): Route {
  return {
    method: 'GET',
    path: '/api/v1/metadata',
    handler: ({ query }) => answerMetadata(query, list()),
  };
}
