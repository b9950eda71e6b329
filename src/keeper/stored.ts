// The storage of embedded stacks: the keeper keeps everything and answers all three query APIs.
import { createBackends } from './backends.ts';
import { StoreSink } from './sink/store-sink.ts';
import type { Storage, StorageOptions } from './storage.ts';
import { noLog } from './wal/no-log.ts';
import { SignalLogs } from './wal/signal-logs.ts';

export function makeStore(options: StorageOptions): Storage {
  const { stackDir, state, masker, metadata, bounds, nowMs, log, onReplayed } = options;
  const { memoryBytes, retentionMs } = state.limits;
  const onNote = (note: string) => log('warn', note);
  const { loki, prometheus, tempo } = createBackends({
    nowMs,
    masker,
    learnMetrics: (request) => metadata.learn(request),
    limits: { maxBytes: memoryBytes, retentionMs },
    bounds,
    listMetadata: () => metadata.listShown(),
  });
  const sink = new StoreSink({
    stores: { logs: loki.store, metrics: prometheus.store, traces: tempo.store },
    seriesStore: prometheus.seriesStore,
    pushStore: loki.pushStore,
    logs: options.isMemoryOnly
      ? noLog
      : new SignalLogs({ stackDir, nowMs, maxBytes: memoryBytes, retentionMs, onNote }),
    nowMs,
    limits: state.limits,
    onReplayed,
  });
  return { sink, apis: { loki, prometheus, tempo }, replay: () => sink.replay() };
}
