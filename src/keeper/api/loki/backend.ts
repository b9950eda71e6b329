// The vertical of logs: store, OTLP ingest and the routes of Loki's API.

import type { LogRecord } from '../../../wire/otlp/types.ts';
import { makeDirectLogs } from '../../ingest/logs/direct-export.ts';
import { entriesOfOtlp } from '../../ingest/logs/otlp-entries.ts';
import { prepareExport } from '../../ingest/logs/prepare-export.ts';
import { makePushStore } from '../../ingest/logs/push-store.ts';
import type { BackendOptions, LogsBackend, SignalStore } from '../../signal-store.ts';
import { LogStore } from '../../store/logs/log-store.ts';
import { makeLokiRoutes } from './routes.ts';
import { makeTailHandler } from './tail.ts';

/** Makes the logs backend of the embedded runtime. */
export function createLogsBackend({ nowMs, masker, bounds }: BackendOptions): LogsBackend {
  const store = new LogStore(nowMs);
  const signalStore: SignalStore<LogRecord> = {
    readDirect: makeDirectLogs(store, masker, bounds),
    prepare: (request, receivedNs) => prepareExport(request, receivedNs, { store, bounds, nowMs }),
    ingest(request, receivedNs) {
      let accepted = 0;
      for (const { labels, entries } of entriesOfOtlp(request, receivedNs)) {
        store.append(labels, entries);
        accepted += entries.length;
      }
      return { accepted, rejected: 0 };
    },
    usage: () => store.usage(),
    get prunedBeforeMs() {
      return store.prunedBeforeMs;
    },
    prune: (limits) => store.prune(limits),
    forgetService: (service) => store.forgetService(service),
  };
  return {
    store: signalStore,
    pushStore: makePushStore(store, { bounds, nowMs }),
    routes: makeLokiRoutes({ store, bounds, nowMs }),
    upgrade: makeTailHandler({ store, bounds, nowMs }),
  };
}
