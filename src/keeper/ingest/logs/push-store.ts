// Takes log lines that have their stream labels already (Loki push) into the store of logs.
import { QueryError } from '../../../errors/query-error.ts';
import { parseSelectorOnly } from '../../../logql/parser.ts';
import { type Labels, makeLabels } from '../../../logql/values.ts';
import type { PushStream } from '../../../wire/loki/push.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { PushStore } from '../../signal-store.ts';
import type { LogStore, NewEntry } from '../../store/logs/log-store.ts';
import { detectLevel } from './detect-level.ts';
import { addServiceName } from './service-name.ts';

/** Joins a store with streams as they are pushed; a stream with bad labels refuses the whole request. */
export function makePushStore(store: LogStore): PushStore {
  return {
    prepare(streams) {
      const ready = streams.map(({ labels, entries }) => ({ labels: readLabels(labels), entries }));
      return () => {
        let accepted = 0;
        for (const { labels, entries } of ready) {
          const made = entries.map((entry) => makeEntry(labels, entry));
          store.append(labels, made);
          accepted += made.length;
        }
        return { accepted, rejected: 0 };
      };
    },
  };
}

function readLabels(labels: PushStream['labels']): Labels {
  if (typeof labels !== 'string') return makeLabels(addServiceName(Object.entries(labels)));
  try {
    const matchers = parseSelectorOnly(labels);
    return makeLabels(addServiceName(matchers.map(({ name, value }) => [name, value])));
  } catch (cause) {
    if (!(cause instanceof QueryError)) throw cause;
    throw new HttpRefusal(400, `error parsing labels: ${cause.fields.serverText ?? cause.message}`, { cause });
  }
}

function makeEntry(labels: Labels, { timeNs, line, metadata }: PushStream['entries'][number]): NewEntry {
  const given = makeLabels(metadata);
  const level = detectLevel(labels, given, line);
  return { timeNs, line, metadata: level === undefined ? given : makeLabels([...given, ['detected_level', level]]) };
}
