// detected_fields: what structured metadata and parsed fields the newest lines have, of which type, with how many values.
import type { StageExpr } from '../../../logql/ast.ts';
import { evaluateLogs } from '../../../logql/evaluate-logs.ts';
import { parseLogQuery } from '../../../logql/parser.ts';
import type { LogEntry } from '../../../logql/values.ts';
import type { ApiHandler, ApiRequest } from '../../http/types.ts';
import type { LokiContext } from './context.ts';
import { detectFieldType, type FieldType } from './field-type.ts';
import { readBounds, readLimit } from './params.ts';
import { parseFields } from './parse-fields.ts';
import { json } from './query.ts';
import { makeBreather } from './query-breather.ts';

interface Field {
  type: FieldType;
  readonly values: Set<string>;
  readonly parsers: Set<string>;
  jsonPath: readonly string[] | undefined;
}

const defaultFields = 1000;
const defaultLines = 100;

/** GET and POST /loki/api/v1/detected_fields */
export function makeDetectedFields(context: LokiContext): ApiHandler {
  return async (request) => {
    const limit = readLimit(request.query, 'limit', defaultFields);
    const fields = [...(await detect(context, request, limit))].map(([label, field]) => ({
      label,
      type: field.type,
      cardinality: field.values.size,
      parsers: field.parsers.size === 0 ? null : [...field.parsers],
      ...(field.jsonPath ? { jsonPath: field.jsonPath } : {}),
    }));
    return json(JSON.stringify({ ...(fields.length > 0 ? { fields } : {}), limit }));
  };
}

/** GET and POST /loki/api/v1/detected_field/:name/values */
export function makeDetectedFieldValues(context: LokiContext): ApiHandler {
  return async (request) => {
    const limit = readLimit(request.query, 'limit', defaultFields);
    const fields = await detect(context, request, Number.POSITIVE_INFINITY);
    const values = [...(fields.get(request.params.name ?? '')?.values ?? [])].slice(0, limit);
    return json(JSON.stringify({ ...(values.length > 0 ? { values } : {}), limit }));
  };
}

async function detect(context: LokiContext, request: ApiRequest, maxFields: number): Promise<Map<string, Field>> {
  const { query, signal } = request;
  const expr = parseLogQuery(query.get('query') ?? '');
  const lines = readLimit(query, 'line_limit', defaultLines);
  const { entries } = await evaluateLogs(expr, context.store, {
    range: readBounds(query, context.nowMs()),
    limit: lines,
    direction: 'backward',
    intervalNs: 0n,
    breather: makeBreather(context, { signal }),
    stats: { lines: 0, bytes: 0 },
  });
  return collectFields(entries, { parsed: expr.stages.some(isParser), maxFields });
}

function isParser({ kind }: StageExpr): boolean {
  return kind === 'json' || kind === 'logfmt' || kind === 'regexp' || kind === 'pattern' || kind === 'unpack';
}

function collectFields(
  entries: readonly LogEntry[],
  options: { readonly parsed: boolean; readonly maxFields: number },
): Map<string, Field> {
  const fields = new Map<string, Field>();
  const fieldOf = (name: string): Field | undefined => {
    const known = fields.get(name);
    if (known || fields.size >= options.maxFields) return known;
    const field: Field = { type: 'string', values: new Set(), parsers: new Set(), jsonPath: undefined };
    fields.set(name, field);
    return field;
  };
  for (const { labels, line } of entries) {
    for (const [name, value] of labels.structuredMetadata) addValue(fieldOf(name), value);
    const { parser, found } = parseFields(line, labels.stream);
    // Behind a parser of the query its finds count, else ours.
    const values = options.parsed
      ? labels.parsed.filter(([name]) => !name.startsWith('__error'))
      : [...found].map(([name, { value }]) => [name, value] as const);
    for (const [name, value] of values) {
      const field = fieldOf(name);
      addValue(field, value);
      field?.parsers.add(parser);
      if (field) field.jsonPath ??= found.get(name)?.jsonPath;
    }
  }
  return fields;
}

function addValue(field: Field | undefined, value: string): void {
  if (!field) return;
  field.values.add(value);
  field.type = detectFieldType(value);
}
