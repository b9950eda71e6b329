// The tool behind `obs discover`: what there is to ask about, so that no query has to be guessed.
import { z } from 'zod';
import { probeMetricName, probeServiceName } from '../model/attributes.ts';
import { mapLimited } from '../std/map-limited.ts';
import { type DiscoverAnswer, discoverAnswerSchema, type MetricRow, type NamedValues } from './answers/discover.ts';
import { defaultMaxTokens } from './limits.ts';
import { fitRows, fitText, isWhole } from './query/fit.ts';
import { openQueryStack, type QueryStack, stackField } from './query/open.ts';
import { describeWindow, type QueryWindow, readWindow, windowFields } from './query/window.ts';
import { cleanText } from './render/clean.ts';
import { renderDiscover } from './render/discover.ts';
import { defineTool, type ToolContext } from './tool.ts';

const signals = ['logs', 'metrics', 'traces'] as const;
const shownValues = 8;
// Each name costs one request for its values.
const maxNamesWithValues = 60;
const requestsAtOnce = 4;

const input = z.strictObject({
  signal: z.enum(signals).optional().describe('only this signal; default: all three'),
  match: z.string().optional().describe('only names that contain this text'),
  ...windowFields,
  ...stackField,
});

export const telemetryDiscover = defineTool({
  name: 'telemetry_discover',
  purpose:
    'Lists what can be asked: services, log labels, metrics with type, unit and help, span attributes, each with sample values. Call it before writing a query.',
  input,
  output: discoverAnswerSchema,
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: { verb: 'discover', positionals: ['signal'], examples: ['obs discover', 'obs discover metrics --match http'] },
  async run(given, context) {
    const queried = await openQueryStack(context, given.stack);
    const window = readWindow(given, context.nowMs());
    const wanted = given.signal === undefined ? signals : [given.signal];
    const asked: Asked = { queried, window, context, match: given.match?.toLowerCase() ?? '' };
    const [services, logs, metrics, traces] = await Promise.all([
      listServices(asked),
      wanted.includes('logs') ? listLabels(asked) : null,
      wanted.includes('metrics') ? listMetrics(asked) : null,
      wanted.includes('traces') ? listAttributes(asked) : null,
    ]);
    const output = { window: describeWindow(window), services, ...fitSignals(context, { logs, metrics, traces }) };
    return { output, exit: 0 };
  },
  render: renderDiscover,
});

interface Asked {
  readonly queried: QueryStack;
  readonly window: QueryWindow;
  readonly context: ToolContext;
  readonly match: string;
}

interface Found {
  readonly logs: readonly NamedValues[] | null;
  readonly metrics: readonly MetricRow[] | null;
  readonly traces: readonly NamedValues[] | null;
}

// What one signal leaves free goes to the next: labels are usually few, metrics many.
function fitSignals(context: ToolContext, found: Found): Omit<DiscoverAnswer, 'window' | 'services'> {
  const share = (part: number) => ({
    ...context,
    maxTokens: Math.floor((context.maxTokens ?? defaultMaxTokens) * part),
  });
  const logs = found.logs && fitRows(isWhole(context) ? context : share(1 / 3), found.logs);
  const traces = found.traces && fitRows(isWhole(context) ? context : share(2 / 3), found.traces, logs);
  const metrics = found.metrics && fitRows(context, found.metrics, { logs, traces });
  return {
    logs: logs && [...logs],
    labelCount: found.logs?.length ?? null,
    metrics: metrics && [...metrics],
    metricCount: found.metrics?.length ?? null,
    traces: traces && [...traces],
    attributeCount: found.traces?.length ?? null,
  };
}

async function listServices({ queried, window }: Asked): Promise<string[]> {
  const [ofLogs, ofTraces, ofMetrics] = await Promise.all([
    queried.loki.labelValues('service_name', window),
    queried.tempo.tagValues('resource.service.name', window),
    queried.prometheus.labelValues('service_name', window),
  ]);
  const services = new Set([...ofLogs, ...ofTraces, ...ofMetrics].filter((name) => name !== probeServiceName));
  return [...services].map(cleanText).sort();
}

async function listLabels(asked: Asked): Promise<NamedValues[]> {
  const names = (await asked.queried.loki.labels(asked.window)).filter((name) => matches(asked, name));
  return mapLimited(names.slice(0, maxNamesWithValues), requestsAtOnce, async (name) =>
    sample(asked, name, await asked.queried.loki.labelValues(name, asked.window)),
  );
}

async function listMetrics({ queried, window, context, match }: Asked): Promise<MetricRow[]> {
  const [names, metadata] = await Promise.all([
    queried.prometheus.labelValues('__name__', window),
    queried.stack.keeper.metricMetadata({ signal: context.signal }),
  ]);
  return names
    .filter((name) => name !== probeMetricName && name.toLowerCase().includes(match))
    .map((name) => {
      // Series of a histogram carry its name and a suffix.
      const base = name.replace(/_(?:bucket|sum|count)$/, '');
      const known = (metadata[name] ?? metadata[base])?.[0];
      const help = fitText(context, cleanText(known?.help ?? ''), 80);
      return { name: cleanText(name), type: known?.type ?? '', unit: known?.unit ?? '', help };
    });
}

async function listAttributes(asked: Asked): Promise<NamedValues[]> {
  const tags = await asked.queried.tempo.tags(asked.window);
  const names = ['resource', 'span', 'event', 'link'].flatMap((scope) =>
    (tags.get(scope) ?? []).map((name) => `${scope}.${name}`),
  );
  const wanted = names.filter((name) => matches(asked, name)).slice(0, maxNamesWithValues);
  return mapLimited(['name', ...wanted], requestsAtOnce, async (name) =>
    sample(asked, name, await asked.queried.tempo.tagValues(name, asked.window)),
  );
}

function matches({ match }: Asked, name: string): boolean {
  return name.toLowerCase().includes(match);
}

function sample({ context }: Asked, name: string, values: readonly string[]): NamedValues {
  const others = values.filter((value) => value !== probeServiceName);
  const shown = others.sort().slice(0, shownValues);
  return {
    name: cleanText(name),
    values: shown.map((value) => fitText(context, cleanText(value), 60)),
    valueCount: others.length,
  };
}
