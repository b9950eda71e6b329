// Resources and instrumentation scopes, each kept once however many spans share it.
import type { ResourceColumns, ScopeColumns } from '../../../traceql/source.ts';
import type { Resource, Scope } from '../../../wire/otlp/types.ts';
import { AttributeTable } from './attribute-table.ts';
import { uint32 } from './column.ts';
import type { Dictionary } from './dictionary.ts';
import { limitAttributes } from './limit-attributes.ts';

export class ResourceTable {
  private readonly ids = new Map<string, number>();
  /** Decoders hand out the same object for the same resource. */
  private readonly known = new WeakMap<Resource, number>();
  private readonly attributes = new AttributeTable();
  private readonly dropped = uint32();

  get bytes(): number {
    return this.attributes.bytes + this.dropped.bytes;
  }

  intern(resource: Resource, dictionary: Dictionary): number {
    const known = this.known.get(resource) ?? this.internParts(resource, dictionary);
    this.known.set(resource, known);
    return known;
  }

  private internParts(resource: Resource, dictionary: Dictionary): number {
    const attributes = limitAttributes(resource.attributes);
    const key = describeAttributes(attributes, dictionary) + resource.droppedAttributesCount;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    this.attributes.append(attributes, dictionary);
    this.dropped.push(resource.droppedAttributesCount);
    this.ids.set(key, this.ids.size);
    return this.ids.size - 1;
  }

  read(id: number, dictionary: Dictionary): Resource {
    // `id` was given out by intern.
    return { attributes: this.attributes.read(id, dictionary), droppedAttributesCount: this.dropped.data[id]! };
  }

  snapshot(): ResourceColumns {
    return { count: this.ids.size, attributes: this.attributes.snapshot() };
  }
}

export class ScopeTable {
  private readonly ids = new Map<string, number>();
  private readonly known = new WeakMap<Scope, number>();
  private readonly attributes = new AttributeTable();
  private readonly names = uint32();
  private readonly versions = uint32();
  private readonly dropped = uint32();

  get bytes(): number {
    return this.attributes.bytes + this.names.bytes + this.versions.bytes + this.dropped.bytes;
  }

  intern(scope: Scope, dictionary: Dictionary): number {
    const known = this.known.get(scope) ?? this.internParts(scope, dictionary);
    this.known.set(scope, known);
    return known;
  }

  private internParts(scope: Scope, dictionary: Dictionary): number {
    const attributes = limitAttributes(scope.attributes);
    const name = dictionary.internString(scope.name);
    const version = dictionary.internString(scope.version);
    const key = `${name}/${version}/${scope.droppedAttributesCount}/${describeAttributes(attributes, dictionary)}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    this.attributes.append(attributes, dictionary);
    this.names.push(name);
    this.versions.push(version);
    this.dropped.push(scope.droppedAttributesCount);
    this.ids.set(key, this.ids.size);
    return this.ids.size - 1;
  }

  read(id: number, dictionary: Dictionary): Scope {
    // `id` was given out by intern, and names are strings.
    return {
      name: dictionary.text(this.names.data[id]!),
      version: dictionary.text(this.versions.data[id]!),
      attributes: this.attributes.read(id, dictionary),
      droppedAttributesCount: this.dropped.data[id]!,
    };
  }

  snapshot(): ScopeColumns {
    return {
      count: this.ids.size,
      name: this.names.data,
      version: this.versions.data,
      attributes: this.attributes.snapshot(),
    };
  }
}

function describeAttributes(attributes: Resource['attributes'], dictionary: Dictionary): string {
  let key = '';
  for (const attribute of attributes)
    key += `${dictionary.internKey(attribute.key)}=${dictionary.intern(attribute.value)};`;
  return key;
}
