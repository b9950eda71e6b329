// The end of a budget: comparison, limit, `per …`, `over N …`.
import { findNearest } from '../../std/nearest.ts';
import { type Budget, type Limit, type Over, overNames, type Per, perNames, type Quantity } from './ast.ts';
import type { TokenCursor } from './cursor.ts';
import { isUnit, unitNames } from './units.ts';

/** Parses `cmp value per? over?` up to the end of the text. @throws ObsError */
export function parseTail(cursor: TokenCursor): Omit<Budget, 'subject'> {
  if (cursor.peek().kind === 'end') throw cursor.refuseMissingComparison();
  const comparison = cursor.takeComparison();
  if (comparison === undefined)
    throw cursor.refuseHere(['a comparison (< <= > >= == !=, or under, at most, above, at least, is)']);
  const start = cursor.peek().start;
  const limit = parseLimit(cursor);
  const limitAt = { start, end: cursor.peek(-1).end };
  const per = parsePer(cursor);
  const over = parseOver(cursor);
  if (cursor.peek().kind !== 'end') throw refuseRest(cursor, { per, over });
  return { comparison, limit, limitAt, per, over };
}

function refuseRest(cursor: TokenCursor, taken: { per: Per | null; over: Over | null }): Error {
  const second = cursor.peek().kind === 'compare';
  const expected = [
    ...(taken.per === null && taken.over === null ? ['per'] : []),
    ...(taken.over === null ? ['over'] : []),
  ];
  return cursor.refuseHere([...expected, 'the end'], second ? 'a budget holds one comparison' : undefined);
}

function parseLimit(cursor: TokenCursor): Limit {
  if (!cursor.takeWord('baseline')) return { kind: 'quantity', quantity: parseQuantity(cursor) };
  let percent: number | null = null;
  let plus: Quantity | null = null;
  while (plus === null && cursor.takePunctuation('+')) {
    const quantity = parseQuantity(cursor);
    if (quantity.unit === '%' && percent === null) percent = quantity.value;
    else plus = quantity;
  }
  return { kind: 'baseline', percent, plus };
}

function parseQuantity(cursor: TokenCursor): Quantity {
  const negative = cursor.takePunctuation('-');
  const token = cursor.peek();
  if (token.kind !== 'number') throw cursor.refuseHere(['a number', 'baseline']);
  cursor.next();
  const value = Number(token.value) * (negative ? -1 : 1);
  return { value: value === 0 ? 0 : value, unit: parseUnit(cursor) };
}

function parseUnit(cursor: TokenCursor): string {
  if (cursor.takePunctuation('%')) return '%';
  const token = cursor.peek();
  if (token.kind !== 'word' || token.value === 'per' || token.value === 'over') return '';
  if (isUnit(token.value)) return cursor.next().value;
  const folded = token.value.toLowerCase();
  const near =
    unitNames.find((unit) => unit.toLowerCase() === folded) ??
    longUnits[folded] ??
    findNearest(token.value, unitNames, 1)[0];
  const suggestion = near && cursor.text.slice(0, token.start) + near + cursor.text.slice(token.end);
  throw cursor.refuseHere([`one of ${unitNames.join(' ')}`], `${JSON.stringify(token.value)} is no unit`, suggestion);
}

const longUnits: Readonly<Record<string, string>> = {
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  msec: 'ms',
  millisecond: 'ms',
  milliseconds: 'ms',
  minute: 'm',
  minutes: 'm',
  hour: 'h',
  hours: 'h',
  bytes: 'B',
  percent: '%',
};

function parsePer(cursor: TokenCursor): Per | null {
  if (!cursor.takeWord('per')) return null;
  const token = cursor.peek();
  const per = perNames.find((name) => token.kind === 'word' && name === token.value);
  if (per === undefined) throw cursor.refuseHere(perNames);
  cursor.next();
  return per;
}

function parseOver(cursor: TokenCursor): Over | null {
  if (!cursor.takeWord('over')) return null;
  const number = cursor.peek();
  const count = Number(number.value);
  if (number.kind !== 'number' || !Number.isInteger(count) || count < 1)
    throw cursor.refuseHere(['a whole number of at least 1']);
  cursor.next();
  const token = cursor.peek();
  const of = overNames.find((name) => token.kind === 'word' && (name === token.value || name === `${token.value}s`));
  if (of === undefined) throw cursor.refuseHere(overNames);
  cursor.next();
  return { count, of };
}
