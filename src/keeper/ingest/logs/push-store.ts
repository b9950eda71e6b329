// Takes log lines that have their stream labels already (Loki push) into the store of logs.
import { QueryError } from '../../../errors/query-error.ts';
import { parseSelectorOnly } from '../../../logql/parser.ts';
import { type Label, type Labels, makeLabels } from '../../../logql/values.ts';
import type { Bounds } from '../../../model/limits.ts';
import type { PushStream } from '../../../wire/loki/push.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { PushStore } from '../../signal-store.ts';
import type { LogStore, NewEntry } from '../../store/logs/log-store.ts';
import { LogAdmission } from './admission.ts';
import { labelNameOf } from './attribute-labels.ts';
import { detectLevel } from './detect-level.ts';
import { keepOnly } from './prepare-export.ts';
import { addServiceName } from './service-name.ts';

/** Joins a store with streams as they are pushed; a stream with bad labels refuses the whole request. */
export function makePushStore(
  store: LogStore,
  of: { readonly bounds: Bounds; readonly nowMs: () => number },
): PushStore {
  return {
    prepare(streams) {
      const admission = new LogAdmission(store, of);
      const ready = streams.map((given) => {
        const stream = readStream(given);
        return { given, ...stream, admitted: admission.judge(stream.labels, stream.entries) };
      });
      const accepted = ready.reduce((sum, { admitted }) => sum + admitted.count, 0);
      return {
        streams: ready.map(({ given, admitted }) => ({ ...given, entries: keepOnly(given.entries, admitted) })),
        accepted,
        commit: () => {
          for (const { labels, entries, admitted } of ready) store.append(labels, keepOnly(entries, admitted));
          return admission.describe(accepted);
        },
      };
    },
    restore(streams) {
      for (const { labels, entries } of streams.map(readStream)) store.append(labels, entries);
    },
  };
}

function readStream({ labels: given, entries }: PushStream) {
  const labels = readLabels(given);
  return { labels, entries: entries.map((entry) => makeEntry(labels, entry)) };
}

function readLabels(labels: PushStream['labels']): Labels {
  if (typeof labels !== 'string') return readPairs(Object.entries(labels));
  try {
    const matchers = parseSelectorOnly(labels);
    return makeStreamLabels(matchers.map(({ name, value }) => [name, value]));
  } catch (cause) {
    if (!(cause instanceof QueryError)) throw cause;
    throw new HttpRefusal(400, `error parsing labels: ${cause.fields.serverText ?? cause.message}`, { cause });
  }
}

function readPairs(pairs: readonly (readonly [string, string])[]): Labels {
  const wrong = pairs.find(([name]) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong !== undefined)
    throw new HttpRefusal(400, `couldn't parse labels: "${wrong[0].slice(0, 100)}" is no name of a label`);
  return makeStreamLabels(pairs);
}

// Loki takes a label without a value for none, here and in metadata.
function makeStreamLabels(pairs: readonly Label[]): Labels {
  return makeLabels(addServiceName(pairs.filter(hasValue)));
}

function makeEntry(labels: Labels, { timeNs, line, metadata }: PushStream['entries'][number]): NewEntry {
  const given = makeLabels(metadata.filter(hasValue).map(([name, value]) => [labelNameOf(name), value]));
  const level = detectLevel(labels, given, line);
  return { timeNs, line, metadata: level === undefined ? given : makeLabels([...given, ['detected_level', level]]) };
}

function hasValue([, value]: Label): boolean {
  return value !== '';
}
