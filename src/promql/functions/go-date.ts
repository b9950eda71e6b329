// Dates as Go's time package computes them: for any 64-bit number of seconds, far beyond what JavaScript's Date can hold.

export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly yearDay: number;
  readonly daysInMonth: number;
  readonly hour: number;
  readonly minute: number;
}

const secondsPerDay = 86_400;
/** Go counts days from a year that makes all 64-bit times positive: -292277022399. */
const unixToAbsolute = 9_223_372_028_715_321_600n;
const absoluteZeroYear = -292_277_022_399;
const daysPer400Years = 146_097n;
const smallestInt64 = -(2n ** 63n);
/** What Date can hold, in seconds. */
const dateRange = 8.64e12;

/** The UTC date of a number of seconds since 1970; what is no 64-bit integer counts as the smallest one, as in Go. */
export function readDate(seconds: number): DateParts {
  const whole = Math.trunc(seconds);
  if (Math.abs(whole) <= dateRange) return readPlainDate(new Date(whole * 1000));
  const fits = Math.abs(whole) < 2 ** 63;
  const absolute = BigInt.asUintN(64, (fits ? BigInt(whole) : smallestInt64) + unixToAbsolute);
  const days = absolute / BigInt(secondsPerDay);
  const cycles = days / daysPer400Years;
  // The same day in a cycle of 400 years that Date can hold; 2001 begins a cycle as Go's first year does.
  const inCycle = Number(days % daysPer400Years);
  const timeOfDay = Number(absolute % BigInt(secondsPerDay));
  const model = new Date(Date.UTC(2001, 0, 1) + (inCycle * secondsPerDay + timeOfDay) * 1000);
  const parts = readPlainDate(model);
  return { ...parts, year: parts.year - 2001 + absoluteZeroYear + 400 * Number(cycles) };
}

function readPlainDate(date: Date): DateParts {
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  // Date.UTC takes years below 100 for the 20th century.
  const firstOfYear = new Date(date);
  firstOfYear.setUTCMonth(0, 1);
  const endOfMonth = new Date(date);
  endOfMonth.setUTCMonth(month + 1, 0);
  return {
    year,
    month: month + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    yearDay: Math.round((date.getTime() - firstOfYear.getTime()) / (secondsPerDay * 1000)) + 1,
    daysInMonth: endOfMonth.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}
