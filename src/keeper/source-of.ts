// Whose records these are, for the count of arrivals: service and run, as the resource says.
import { identityAttribute } from '../model/attributes.ts';
import type { Resource } from '../wire/otlp/types.ts';

export function sourceOf(resource: Resource): { readonly service: string | null; readonly runId: string | null } {
  return { service: readText(resource, 'service.name'), runId: readText(resource, identityAttribute.runId) };
}

function readText(resource: Resource, key: string): string | null {
  const value = resource.attributes.find((attribute) => attribute.key === key)?.value;
  return value?.kind === 'string' ? value.value : null;
}
