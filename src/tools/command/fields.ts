// Turns a tool's input schema into what the command line can show and take: one field, one flag or argument.
import { z } from 'zod';
import type { ToolDefinition } from '../tool.ts';

export type FieldKind = 'switch' | 'number' | 'text' | 'list' | 'json';

/** One input field as the command line sees it. */
export interface CliField {
  readonly field: string;
  /** Kebab-case, without dashes. */
  readonly flag: string;
  readonly kind: FieldKind;
  readonly description: string;
  readonly defaultValue: unknown;
  readonly choices: readonly string[];
  readonly required: boolean;
}

interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
}

const kindOfType: Readonly<Record<string, FieldKind>> = {
  boolean: 'switch',
  number: 'number',
  integer: 'number',
  string: 'text',
  array: 'list',
  object: 'json',
};

/** Reads the fields of a tool's input in the order of its schema. */
export function readFields(tool: ToolDefinition): CliField[] {
  // toJSONSchema() of an object schema has `properties` and `required`; its type leaves that open.
  const schema = z.toJSONSchema(tool.input, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, FieldSchema>;
    required?: readonly string[];
  };
  return Object.entries(schema.properties ?? {}).map(([field, of]) => ({
    field,
    flag: toKebabCase(field),
    kind: kindOf(of),
    description: of.description ?? '',
    defaultValue: of.default,
    choices: [...(of.enum ?? of.items?.enum ?? [])].map(String),
    required: of.default === undefined && (schema.required ?? []).includes(field),
  }));
}

/** `keepFile` → `keep-file`. */
export function toKebabCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The flag as it is typed: a switch that is on by default can only be switched off. */
export function flagText(field: CliField): string {
  return field.kind === 'switch' && field.defaultValue === true ? `--no-${field.flag}` : `--${field.flag}`;
}

// A field that also takes null or several types is given as text if text is one of them.
function kindOf(schema: FieldSchema): FieldKind {
  const types = schema.type === undefined ? (schema.anyOf ?? []).map((one) => one.type) : [schema.type].flat();
  const known = types.flat().filter((type) => type !== undefined && type !== 'null');
  const type = known.includes('string') ? 'string' : known[0];
  return (type === undefined ? undefined : kindOfType[type]) ?? 'text';
}
