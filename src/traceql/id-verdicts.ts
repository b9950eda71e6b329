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

/** Bits of a verdict: the value passes; nothing is to be seen here, so that the next column has to be asked. */
export const yesBit = 0;
export const absentBit = 1;

type Verdict = typeof no | typeof yes | typeof absent | typeof fineAbsent;
const unknown = 0;
const yes = 1;
const absent = 2;
/** The last column was asked, and the comparison holds for what is missing. */
const fineAbsent = 3;
const no = 4;

interface Surroundings {
  readonly source: TraceSource;
  /** Does no other column follow? Then absence and failure are one. */
  readonly isOnly: boolean;
  /** Does the comparison hold for what is missing? */
  readonly isAbsenceFine: boolean;
}

/** Writes the verdicts on slots (id + 1) into a table by slot; those that are known are kept. The list of slots is used up. */
export type Decide = (slots: Uint32Array, known: Uint8Array) => void;

/** Decides the values of one column. */
export function decideIds(part: Part, question: Question, surroundings: Surroundings): Decide {
  const numbers = makeNumberGuess(part, question, surroundings);
  const guess = numbers ? undefined : makeGuess(part, question, surroundings);
  const absence = surroundings.isOnly && surroundings.isAbsenceFine ? fineAbsent : absent;
  const decide = (slot: number): Verdict => {
    const guessed = slot === 0 ? undefined : guess?.(slot - 1);
    if (guessed !== undefined) return guessed;
    const value = part.at(slot - 1);
    if (value === undefined) return absence;
    return question.holds(value) ? yes : no;
  };
  return (slots, known) => {
    const left = numbers ? decideByNumber(numbers, known, slots) : slots.length;
    for (let i = 0; i < left; i++) {
      const slot = slots[i]!; // below the length
      if (known[slot] === unknown) known[slot] = decide(slot);
    }
  };
}

/** Keeps the verdicts of plain numbers; the slots that it cannot decide come to stand first. Says how many there are. */
function decideByNumber(
  { range, isSeen, failure, valueTypes, valueNumbers }: NumberGuess,
  known: Uint8Array,
  slots: Uint32Array,
): number {
  let left = 0;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!; // below the length
    const type = slot === 0 ? typeCodes.other : valueTypes[slot - 1]!; // ids are of the source
    const number = slot === 0 ? 0 : valueNumbers[slot - 1]!;
    const isNumber = type === typeCodes.int || type === typeCodes.float;
    const verdict = isNumber ? (isInRange(number, range) ? (isSeen[type] === 1 ? yes : unknown) : failure) : unknown;
    known[slot] = verdict;
    slots[left] = slot;
    left += Number(verdict === unknown);
  }
  return left;
}

type Guess = (id: number) => Verdict | undefined;

function makeGuess(part: Part, question: Question, surroundings: Surroundings): Guess | undefined {
  const { comparison, holds } = question;
  if (!comparison) return undefined;
  const { op, operand } = comparison;
  const { source } = surroundings;
  if (part.find && op === '=' && operand?.type === 'string')
    return guessByText(part, operand.value, isFailureFinal(question, surroundings) ? no : undefined, source);
  if (!part.values) return undefined;
  const isSeen = listSeen(part.values.includes, comparison);
  const { valueTypes, value } = source;
  return (id) => (isSeen[valueTypes[id]!] === 1 ? (holds(value(id)) ? yes : no) : undefined); // ids are of the source
}

// A value that fails, fails seen or unseen, unless what stands for the unseen passes.
function isFailureFinal({ holds }: Question, { isOnly }: Surroundings): boolean {
  return isOnly && !holds(nil) && !holds(absentMark);
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

/** How numbers are decided without looking at the values. */
interface NumberGuess extends Pick<TraceSource, 'valueTypes' | 'valueNumbers'> {
  readonly range: NumberRange;
  /** By type: is every value that passes seen? */
  readonly isSeen: Uint8Array;
  /** The verdict on numbers outside of the range. */
  readonly failure: typeof no | typeof unknown;
}

function makeNumberGuess(part: Part, question: Question, surroundings: Surroundings): NumberGuess | undefined {
  const { comparison } = question;
  const range = part.values && comparison && rangeOfLiteral(comparison);
  if (!part.values || !comparison || !range) return undefined;
  const { valueTypes, valueNumbers } = surroundings.source;
  const isSeen = listSeen(part.values.includes, comparison);
  return { range, isSeen, failure: isFailureFinal(question, surroundings) ? no : unknown, valueTypes, valueNumbers };
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
