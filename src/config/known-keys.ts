// Which keys are allowed at a place of obs.yaml, read from the JSON Schema, so that no second list can go stale.
import { makeConfigJsonSchema } from './json-schema.ts';

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
}

/** Keys that the object at `path` may have, in the order of the schema. */
export function listKnownKeys(path: readonly PropertyKey[]): string[] {
  // The writer of the schema is zod; only the standard keywords above are read.
  let nodes = expand(makeConfigJsonSchema() as SchemaNode);
  for (const part of path) nodes = nodes.flatMap((node) => stepInto(node, part)).flatMap(expand);
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function stepInto(node: SchemaNode, part: PropertyKey): SchemaNode[] {
  if (typeof part === 'number') return node.items === undefined ? [] : [node.items];
  const named = node.properties?.[String(part)];
  if (named !== undefined) return [named];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}

function expand(node: SchemaNode): SchemaNode[] {
  const parts = [...(node.anyOf ?? []), ...(node.allOf ?? [])];
  return [node, ...parts.flatMap(expand)];
}
