// push: entries from Promtail, Alloy, Docker's Loki driver and anything else that speaks Loki's own protocol.
import { QueryError } from '../../../errors/query-error.ts';
import { parseSelectorOnly } from '../../../logql/parser.ts';
import { type Labels, makeLabels } from '../../../logql/values.ts';
import { decodePushJson, decodePushProtobuf, MalformedPush, type PushStream } from '../../../wire/loki/push.ts';
import type { ApiHandler, ApiRequest } from '../../http/types.ts';
import { detectLevel } from '../../ingest/logs/detect-level.ts';
import { addServiceName } from '../../ingest/logs/service-name.ts';
import type { NewEntry } from '../../store/logs/log-store.ts';
import type { LokiContext } from './context.ts';
import { refuse } from './params.ts';

/** POST /loki/api/v1/push; answers 204. */
export function makePush({ store }: LokiContext): ApiHandler {
  return (request) => {
    const streams = decode(request);
    if (streams.every(({ entries }) => entries.length === 0)) {
      throw refuse('error at least one valid stream is required for ingestion');
    }
    // Labels of all streams are read first, so that a bad one refuses the whole request.
    const ready = streams.map(({ labels, entries }) => ({ labels: readLabels(labels), entries }));
    for (const { labels, entries } of ready)
      store.append(
        labels,
        entries.map((entry) => makeEntry(labels, entry)),
      );
    return { status: 204, body: '' };
  };
}

function decode({ headers, body }: ApiRequest): PushStream[] {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  try {
    return type === 'application/json' ? decodePushJson(body) : decodePushProtobuf(body);
  } catch (error) {
    if (error instanceof MalformedPush) throw refuse(error.message);
    throw error;
  }
}

function readLabels(labels: PushStream['labels']): Labels {
  if (typeof labels !== 'string') return makeLabels(addServiceName(Object.entries(labels)));
  try {
    const matchers = parseSelectorOnly(labels);
    return makeLabels(addServiceName(matchers.map(({ name, value }) => [name, value])));
  } catch (error) {
    if (error instanceof QueryError) throw refuse(`error parsing labels: ${error.fields.serverText ?? error.message}`);
    throw error;
  }
}

function makeEntry(labels: Labels, { timeNs, line, metadata }: PushStream['entries'][number]): NewEntry {
  const given = makeLabels(metadata);
  const level = detectLevel(labels, given, line);
  return { timeNs, line, metadata: level === undefined ? given : makeLabels([...given, ['detected_level', level]]) };
}
