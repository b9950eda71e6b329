// index/volume and volume_range: bytes by series or by label.
import { selectRows } from '../../../logql/row-reader.ts';
import type { TimeRange } from '../../../logql/source.ts';
import { keyOfLabels, type Label, type Labels, noLabels } from '../../../logql/values.ts';
import { encodeResult, type LokiSample, type LokiSeries } from '../../../wire/loki/results.ts';
import type { ApiHandler } from '../../http/types.ts';
import type { Block } from '../../store/logs/block.ts';
import type { LokiContext } from './context.ts';
import { compileSelector } from './labels.ts';
import { type Bounds, readBounds, readLimit, readStep, refuse } from './params.ts';
import { json } from './query.ts';

interface VolumeRequest {
  readonly selector: string;
  readonly bounds: Bounds;
  readonly limit: number;
  readonly targetLabels: readonly string[];
  readonly byLabel: boolean;
}

const noStats = { lines: 0, bytes: 0, seconds: 0 };

/** GET and POST /loki/api/v1/index/volume */
export function makeVolume(context: LokiContext): ApiHandler {
  return ({ query }) => {
    const request = readRequest(query, context);
    const samples = sumVolumes(context, request, request.bounds);
    const timeMs = Number(request.bounds.endNs / 1_000_000n);
    return json(encodeResult({ kind: 'vector', samples, timeMs }, { categorize: false, stats: noStats }));
  };
}

/** GET and POST /loki/api/v1/index/volume_range: one point per step, at its end. */
export function makeVolumeRange(context: LokiContext): ApiHandler {
  return ({ query }) => {
    const request = readRequest(query, context);
    const { startNs, endNs } = request.bounds;
    const stepNs = readStep(query, request.bounds, context.bounds);
    const largest = sumVolumes(context, request, request.bounds);
    const series = new Map<string, { labels: Labels; timesMs: number[]; values: number[] }>();
    for (const { labels } of largest) series.set(keyOfLabels(labels), { labels, timesMs: [], values: [] });
    for (let fromNs = startNs; fromNs < endNs; fromNs += stepNs) {
      const toNs = fromNs + stepNs < endNs ? fromNs + stepNs : endNs;
      for (const { labels, value } of sumVolumes(
        context,
        { ...request, limit: Number.POSITIVE_INFINITY },
        { startNs: fromNs, endNs: toNs },
      )) {
        const one = series.get(keyOfLabels(labels));
        one?.timesMs.push(Number(toNs / 1_000_000n));
        one?.values.push(value);
      }
    }
    const filled: LokiSeries[] = [...series.values()].filter(({ values }) => values.length > 0);
    return json(encodeResult({ kind: 'matrix', series: filled }, { categorize: false, stats: noStats }));
  };
}

function readRequest(query: URLSearchParams, context: LokiContext): VolumeRequest {
  const aggregateBy = query.get('aggregateBy') ?? '';
  if (!['', 'series', 'labels'].includes(aggregateBy)) throw refuse('invalid aggregation option');
  return {
    selector: query.get('query') ?? '',
    bounds: readBounds(query, context.nowMs()),
    limit: readLimit(query),
    targetLabels: (query.get('targetLabels') ?? '').split(',').filter((name) => name !== ''),
    byLabel: aggregateBy === 'labels',
  };
}

/** The largest volumes of a range, largest first. */
function sumVolumes(context: LokiContext, request: VolumeRequest, range: TimeRange): LokiSample[] {
  const matchers = compileSelector(request.selector);
  const wanted = request.targetLabels.length > 0 ? request.targetLabels : matchers.map(({ name }) => name);
  const sums = new Map<string, { labels: Labels; value: number }>();
  for (const stream of context.store.streams(matchers)) {
    const bytes = stream.blocks(range).reduce((total, block) => total + bytesInRange(block, range), 0);
    if (bytes === 0) continue;
    for (const labels of groupsOf(stream.labels, wanted, request)) {
      const key = keyOfLabels(labels);
      const value = (sums.get(key)?.value ?? 0) + bytes;
      sums.set(key, { labels, value });
    }
  }
  const sorted = [...sums.values()].sort(
    (a, b) => b.value - a.value || (keyOfLabels(a.labels) < keyOfLabels(b.labels) ? -1 : 1),
  );
  return sorted.slice(0, request.limit);
}

function groupsOf(stream: Labels, wanted: readonly string[], { byLabel, targetLabels }: VolumeRequest): Labels[] {
  if (byLabel) {
    return stream
      .filter(([name]) => targetLabels.length === 0 || targetLabels.includes(name))
      .map(([name]): Label[] => [[name, '']]);
  }
  if (wanted.length === 0) return [stream];
  const kept = stream.filter(([name]) => wanted.includes(name));
  const complete = targetLabels.every((name) => kept.some((label) => label[0] === name));
  return complete ? [kept.length > 0 ? kept : noLabels] : [];
}

// A block that lies partly in the range counts by its share of entries.
function bytesInRange(block: Block, range: TimeRange): number {
  const { from, to } = selectRows(block, range);
  return block.rowCount === 0 ? 0 : Math.round((block.volumeBytes * (to - from)) / block.rowCount);
}
