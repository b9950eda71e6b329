// index/stats: what a selector would read.
import type { ApiHandler } from '../../http/types.ts';
import type { LokiContext } from './context.ts';
import { compileSelector } from './labels.ts';
import { readBounds } from './params.ts';
import { json } from './query.ts';

/**
 * A monolithic Loki answers from its index, which knows a stream only after its chunk was flushed: when nothing came for
 * this long (chunk_idle_period). Fresh streams count as nothing there, and so they do here.
 */
const flushedAfterMs = 30 * 60_000;

/** GET and POST /loki/api/v1/index/stats */
export function makeStats(context: LokiContext): ApiHandler {
  return ({ query }) => {
    const range = readBounds(query, context.nowMs());
    const total = { streams: 0, chunks: 0, bytes: 0, entries: 0 };
    for (const stream of context.store.streams(compileSelector(query.get('query') ?? ''))) {
      if (context.nowMs() - stream.lastArrivalMs < flushedAfterMs) continue;
      const blocks = stream.blocks(range);
      if (blocks.length === 0) continue;
      total.streams++;
      total.chunks += blocks.length;
      for (const block of blocks) {
        total.entries += block.rowCount;
        total.bytes += block.lineStarts[block.rowCount] ?? 0;
      }
    }
    return json(JSON.stringify(total));
  };
}
