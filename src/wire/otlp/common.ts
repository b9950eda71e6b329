// Messages that all three signals share: resource, scope, and the two levels of grouping around the records.
import { keyValue } from './any-value.ts';
import { type Field, type MessageCodec, many, message, one } from './codec.ts';
import { text, uint32 } from './scalars.ts';
import type { ExportRequest, KeyValue, Resource, ResourceGroup, Scope, ScopeGroup } from './types.ts';

/** Field numbers of attributes and their dropped count differ by message; their meaning does not. */
export function attributeFields<
  T extends { readonly attributes: readonly KeyValue[]; readonly droppedAttributesCount: number },
>(attributes: number, dropped: number): readonly Field<T>[] {
  // Both properties have exactly the codec's type in every T that extends the bound.
  return [
    many<{ attributes: readonly KeyValue[] }, 'attributes', KeyValue>(attributes, 'attributes', keyValue),
    one<{ droppedAttributesCount: number }, 'droppedAttributesCount'>(dropped, 'droppedAttributesCount', uint32),
  ] as unknown as readonly Field<T>[];
}

const emptyResource: Resource = { attributes: [], droppedAttributesCount: 0 };
const emptyScope: Scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 };

export const resourceCodec: MessageCodec<Resource> = message(
  'Resource',
  () => ({ ...emptyResource, attributes: [] }),
  attributeFields<Resource>(1, 2),
);

export const scopeCodec: MessageCodec<Scope> = message(
  'InstrumentationScope',
  () => ({ ...emptyScope, attributes: [] }),
  [one(1, 'name', text), one(2, 'version', text), ...attributeFields<Scope>(3, 4)],
);

/** An export request; `names` are the JSON names on the way down, such as resourceLogs, scopeLogs, logRecords. */
export function exportRequest<T>(
  record: MessageCodec<T>,
  names: { readonly resources: string; readonly scopes: string; readonly records: string },
): MessageCodec<{ readonly groups: ExportRequest<T> }> {
  const scopeGroup = message<ScopeGroup<T>>(names.scopes, () => ({ scope: emptyScope, schemaUrl: '', items: [] }), [
    one(1, 'scope', scopeCodec),
    many<ScopeGroup<T>, 'items', T>(2, 'items', record, names.records),
    one(3, 'schemaUrl', text),
  ]);
  const resourceGroup = message<ResourceGroup<T>>(
    names.resources,
    () => ({ resource: emptyResource, schemaUrl: '', scopes: [] }),
    [
      one(1, 'resource', resourceCodec),
      many<ResourceGroup<T>, 'scopes', ScopeGroup<T>>(2, 'scopes', scopeGroup, names.scopes),
      one(3, 'schemaUrl', text),
    ],
  );
  return message('export request', () => ({ groups: [] }), [
    many<{ groups: ExportRequest<T> }, 'groups', ResourceGroup<T>>(1, 'groups', resourceGroup, names.resources),
  ]);
}
