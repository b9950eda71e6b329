// Whose telemetry it is, for what obs records about an app from outside.
import { identityAttribute } from '../../model/attributes.ts';
import type { KeyValue, Resource } from '../../wire/otlp/types.ts';
import type { AppPlan } from '../plan.ts';

/** Names and values of the resource of an app, without those that are not known. */
export function listIdentity({ service, runId, identity }: AppPlan): Record<string, string> {
  const all = {
    'service.name': service,
    [identityAttribute.worktree]: identity.worktree,
    [identityAttribute.stack]: identity.stackId,
    [identityAttribute.runId]: runId,
    [identityAttribute.branch]: identity.branch,
    [identityAttribute.commit]: identity.commit,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

export function makeResource(plan: AppPlan): Resource {
  return { attributes: makeAttributes(listIdentity(plan)), droppedAttributesCount: 0 };
}

export function makeAttributes(values: Readonly<Record<string, string>>): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { kind: 'string', value } }));
}
