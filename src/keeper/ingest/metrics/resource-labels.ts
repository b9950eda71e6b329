// What a resource gives to the labels of its metrics (job, instance, promoted attributes) and to its target_info.
import { Labels, metricNameLabel } from '../../../promql/labels.ts';
import { compareText } from '../../../std/compare-text.ts';
import type { KeyValue, Resource } from '../../../wire/otlp/types.ts';
import { printAttribute, toWellFormed } from './attribute-text.ts';
import { translateLabelName } from './metric-name.ts';

/** Resource attributes that become labels of every series. The servers of the other runtimes are configured alike. */
const promoted = ['service.instance.id', 'service.name', 'service.namespace', 'service.version'];
const identifying = ['service.namespace', 'service.name', 'service.instance.id'];

/** A resource attribute or metric name that leaves no usable Prometheus name; the whole export is refused. */
export class UntranslatableName extends Error {}

export interface ResourceLabels {
  readonly promoted: readonly (readonly [string, string])[];
  readonly identity: readonly (readonly [string, string])[];
  /** The labels of target_info; undefined if it would say nothing. */
  readonly targetInfo: Labels | undefined;
  /** Says all that the labels are made of. */
  readonly text: string;
}

/** Reads a resource once, for all of its metrics. @throws UntranslatableName */
export function readResource({ attributes }: Resource): ResourceLabels {
  const values = new Map(attributes.map(({ key, value }) => [key, printAttribute(value)]));
  const identity = readIdentity(values);
  const promotedPairs = promoted.flatMap((name) => {
    const value = values.get(name);
    return value === undefined ? [] : [[toLabelName(name), value] as const];
  });
  const targetInfo = makeTargetInfo(attributes, values, identity);
  return { promoted: promotedPairs, identity, targetInfo, text: describeAttributes(attributes) };
}

// Stands in no attribute, because both parts of one are made well-formed.
const separator = '\udfff';

/** One text for attributes; lists that give different labels have different texts. */
export function describeAttributes(attributes: readonly KeyValue[]): string {
  let text = '';
  for (const { key, value } of attributes)
    text += `${toWellFormed(key)}${separator}${printAttribute(value)}${separator}`;
  return text;
}

/** Attributes as labels; those that clash after translation are joined with `;`, by the order of their keys. */
export function translateAttributes(attributes: readonly KeyValue[]): Map<string, string> {
  const sorted = attributes.length < 2 ? attributes : [...attributes].sort((a, b) => compareText(a.key, b.key));
  const labels = new Map<string, string>();
  for (const { key, value } of sorted) {
    if (key === metricNameLabel) continue;
    const name = toLabelName(key);
    const present = labels.get(name);
    const text = printAttribute(value);
    labels.set(name, present ? `${present};${text}` : text);
  }
  return labels;
}

function readIdentity(values: ReadonlyMap<string, string>): (readonly [string, string])[] {
  const identity: (readonly [string, string])[] = [];
  const service = values.get('service.name');
  const namespace = values.get('service.namespace');
  const instance = values.get('service.instance.id');
  if (service !== undefined) identity.push(['job', namespace === undefined ? service : `${namespace}/${service}`]);
  if (instance !== undefined) identity.push(['instance', instance]);
  return identity.filter(([, value]) => value !== '');
}

function makeTargetInfo(
  attributes: readonly KeyValue[],
  values: ReadonlyMap<string, string>,
  identity: readonly (readonly [string, string])[],
): Labels | undefined {
  const others = [...values.keys()].filter((name) => !identifying.includes(name));
  if (others.length === 0) return undefined;
  const labels = Labels.from([...translateAttributes(attributes), ...identity, [metricNameLabel, 'target_info']]);
  return labels.has('job') || labels.has('instance') ? labels : undefined;
}

function toLabelName(name: string): string {
  const translated = translateLabelName(name);
  if (translated !== undefined) return translated;
  throw new UntranslatableName(`normalization for label name ${JSON.stringify(name)} resulted in invalid name`);
}
