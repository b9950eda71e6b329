// Which ids of a column pass a comparison, decided once for each: from the dictionary's columns of types and numbers where
// the query surely sees the value as it is, and by looking at the value itself where it may not.
import type { Part } from './fields.ts';
import { isInRange, type NumberRange, rangeOf } from './number-range.ts';
import { type TraceSource, typeCodes } from './source.ts';
import { absentMark, nil, type Static } from './values.ts';
import type { ColumnType, Comparison } from './visibility.ts';

/** What is asked of each value. */
export interface Question {
  readonly holds: (value: Static) => boolean;
  /** Set if `holds` is this comparison. */
  readonly comparison: Comparison | undefined;
}

type Verdict = typeof no | typeof yes | typeof absent;
export const unknown = 0;
export const no = 1;
export const yes = 2;
/** Nothing is to be seen here: the next column has to be asked. */
export const absent = 3;

interface Surroundings {
  readonly source: TraceSource;
  /** Does no other column follow? Then absence and failure are one. */
  readonly isOnly: boolean;
}

/** The verdicts of a column, by slot (id + 1): `known` where they are not `unknown`, and `decide` finds and keeps the others. */
export interface Verdicts {
  readonly known: Uint8Array;
  readonly decide: (slot: number) => number;
}

/** Makes the verdicts of one column. */
export function decideIds(part: Part, question: Question, surroundings: Surroundings): Verdicts {
  const known = new Uint8Array(part.size + 1);
  const guess = makeGuess(part, question, surroundings);
  const decide = (slot: number): Verdict => {
    const guessed = slot === 0 ? undefined : guess?.(slot - 1);
    if (guessed !== undefined) return guessed;
    const value = part.at(slot - 1);
    if (value === undefined) return absent;
    return question.holds(value) ? yes : no;
  };
  return {
    known,
    decide: (slot) => {
      known[slot] = decide(slot);
      return known[slot];
    },
  };
}

type Guess = (id: number) => Verdict | undefined;

function makeGuess(part: Part, question: Question, { source, isOnly }: Surroundings): Guess | undefined {
  const { comparison, holds } = question;
  if (!comparison) return undefined;
  const { op, operand } = comparison;
  // A value that fails, fails seen or unseen, unless what stands for the unseen passes.
  const isFailureFinal = isOnly && !holds(nil) && !holds(absentMark);
  const failure = isFailureFinal ? no : undefined;
  if (part.find && op === '=' && operand?.type === 'string') return guessByText(part, operand.value, failure, source);
  if (!part.values) return undefined;
  const isSeen = listSeen(part.values.includes, comparison);
  const range = rangeOfLiteral(comparison);
  const { valueTypes, value } = source;
  if (range) return guessByNumber(source, { range, isSeen, failure });
  return (id) => (isSeen[valueTypes[id]!] === 1 ? (holds(value(id)) ? yes : no) : undefined); // ids are of the source
}

// Ids of lists may hold the text, too.
function guessByText(
  { find, values }: Part,
  text: string,
  failure: Verdict | undefined,
  { valueTypes }: TraceSource,
): Guess {
  const wanted = find?.(text);
  const isWhole = (id: number) => values === undefined || valueTypes[id] === typeCodes.string;
  return (id) => (id !== wanted && isWhole(id) ? failure : undefined);
}

interface NumberGuess {
  readonly range: NumberRange;
  readonly isSeen: Uint8Array;
  readonly failure: Verdict | undefined;
}

function guessByNumber({ valueTypes, valueNumbers }: TraceSource, { range, isSeen, failure }: NumberGuess): Guess {
  return (id) => {
    const type = valueTypes[id]!; // ids are of the source
    if (type !== typeCodes.int && type !== typeCodes.float) return undefined;
    if (!isInRange(valueNumbers[id]!, range)) return failure;
    return isSeen[type] === 1 ? yes : undefined;
  };
}

// Integers beyond 53 bits are not compared as doubles.
function rangeOfLiteral({ op, operand }: Comparison): NumberRange | undefined {
  const isNumber = operand?.type === 'int' || operand?.type === 'float' || operand?.type === 'duration';
  return isNumber && typeof operand.value === 'number' ? rangeOf(op, operand.value) : undefined;
}

function listSeen(includes: (type: ColumnType, comparison: Comparison) => boolean, comparison: Comparison): Uint8Array {
  const isSeen = new Uint8Array(Object.keys(typeCodes).length);
  for (const type of ['string', 'int', 'float', 'boolean'] as const)
    isSeen[typeCodes[type]] = includes(type, comparison) ? 1 : 0;
  return isSeen;
}
