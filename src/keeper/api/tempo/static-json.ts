// TraceQL values as Tempo's JSON has them.
import { formatValue, type Static } from '../../../traceql/values.ts';
import { arrayToJson, doubleToJson } from '../../../wire/tempo/any-value.ts';

/** JSON form of a TraceQL value: durations, statuses, kinds and nil are text. */
export function staticToJson(value: Static): Record<string, unknown> {
  switch (value.type) {
    case 'int':
      return { intValue: String(value.value) };
    case 'float':
      return { doubleValue: doubleToJson(value.value) };
    case 'boolean':
      return { boolValue: value.value };
    case 'ints':
      return arrayToJson(value.value.map((v) => ({ intValue: String(v) })));
    case 'floats':
      return arrayToJson(value.value.map((v) => ({ doubleValue: doubleToJson(v) })));
    case 'strings':
      return arrayToJson(value.value.map((v) => ({ stringValue: v })));
    case 'booleans':
      return arrayToJson(value.value.map((v) => ({ boolValue: v })));
    default:
      return { stringValue: formatValue(value) };
  }
}
