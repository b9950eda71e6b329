// `| unwrap x`, `| unwrap duration(x)`, `| unwrap bytes(x)`: the label whose number is a sample's value.
import { parseGoDuration } from '../../std/go-duration.ts';
import type { Unwrap, UnwrapConversion } from '../ast.ts';
import { readBytesSize } from '../bytes-size.ts';
import { readNumber } from '../read-number.ts';
import { compileLabelFilter } from './label-filter.ts';
import type { Row } from './row.ts';

const conversions: Readonly<Record<UnwrapConversion | 'number', (text: string) => number>> = {
  number: readNumber,
  bytes: readBytesSize,
  duration: (text) => parseGoDuration(text) / 1e9,
  duration_seconds: (text) => parseGoDuration(text) / 1e9,
};

/** How an unwrap reads the text of its label. What it returns throws for what is no such number. */
export function compileConversion(unwrap: Unwrap): (text: string) => number {
  return conversions[unwrap.conversion ?? 'number'];
}

/** Compiles an unwrap to a function that yields the value of a row, or undefined when the line is out. */
export function compileUnwrap(unwrap: Unwrap): (row: Row) => number | undefined {
  const convert = compileConversion(unwrap);
  const postFilters = unwrap.postFilters.map((filter) => {
    return compileLabelFilter({ kind: 'label_filter', filter, start: filter.start, end: filter.end });
  });
  return (row) => {
    const text = row.labels.get(unwrap.label);
    if (text === undefined) return undefined;
    let value = 0;
    try {
      value = convert(text);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      row.labels.setError('SampleExtractionErr', error.message);
    }
    for (const filter of postFilters) if (!filter.process(row)) return undefined;
    return value;
  };
}
