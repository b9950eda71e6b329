// The labels that all series of one data point share: its attributes, and what its resource gives.
import type { KeyValue } from '../../../wire/otlp/types.ts';
import { type ResourceLabels, translateAttributes } from './resource-labels.ts';

/** Attributes win over promoted attributes of the resource, its identity (job, instance) wins over both. */
export function joinLabels(resource: ResourceLabels, attributes: readonly KeyValue[]): Map<string, string> {
  const pairs = translateAttributes(attributes);
  for (const [name, value] of resource.promoted) if (!pairs.get(name)) pairs.set(name, value);
  for (const [name, value] of resource.identity) pairs.set(name, value);
  return pairs;
}
