// Comparing normalised answers: numbers with a tolerance, lists as sets, differences as a short text. Every function
// returns undefined when both sides are equal.

export const defaultTolerance = 1e-9;

/** JSON with sorted keys, so that equal values have equal texts. */
export function canon(value) {
  if (Array.isArray(value)) return `[${value.map(canon).join(',')}]`;
  if (!value || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canon(value[key])}`)
    .join(',')}}`;
}

export function shorten(value, length = 300) {
  const text = typeof value === 'string' ? value : canon(value);
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

export const expectedGot = (expected, actual) => `expected ${shorten(expected)} got ${shorten(actual)}`;

export function isSameNumber(a, b, tolerance = defaultTolerance) {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (x === undefined || y === undefined) return a === b;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && Number.isNaN(y);
  if (!Number.isFinite(x) || !Number.isFinite(y)) return x === y;
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y)) + 1e-12;
}

const namedNumbers = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  Infinity: Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function toNumber(value) {
  if (typeof value === 'number') return value;
  if (Object.hasOwn(namedNumbers, value)) return namedNumbers[value];
  return /^-?[0-9.]+(e[+-]?[0-9]+)?$/i.test(value) ? Number(value) : undefined;
}

/** Deep equality, numbers and numeric texts within the tolerance. */
export function diffDeep(expected, actual, tolerance = defaultTolerance, path = '') {
  const different = `${path}: ${expectedGot(expected, actual)}`;
  if (typeof expected === 'number' || typeof actual === 'number')
    return typeof expected === typeof actual && isSameNumber(expected, actual, tolerance) ? undefined : different;
  if (typeof expected === 'string' && typeof actual === 'string') {
    const numeric = toNumber(expected) !== undefined && toNumber(actual) !== undefined;
    return expected === actual || (numeric && isSameNumber(expected, actual, tolerance)) ? undefined : different;
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return different;
    return firstOf(expected, (one, at) => diffDeep(one, actual[at], tolerance, `${path}[${at}]`));
  }
  if (isPlain(expected) && isPlain(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return firstOf([...keys], (key) => diffDeep(expected[key], actual[key], tolerance, `${path}.${key}`));
  }
  return expected === actual || (expected == null && actual == null) ? undefined : different;
}

const isPlain = (value) => Boolean(value) && typeof value === 'object' && !Array.isArray(value);

/** The first difference that `diff` finds. */
export function firstOf(list, diff) {
  for (const [at, one] of list.entries()) {
    const found = diff(one, at);
    if (found) return found;
  }
  return undefined;
}

/** Compares two lists as sets of things with a key. */
export function diffKeyed(expected, actual, { key, diff, what }) {
  const [wanted, given] = [expected, actual].map((list) => new Map((list ?? []).map((one) => [key(one), one])));
  if ((expected ?? []).length !== (actual ?? []).length || wanted.size !== given.size) {
    const missing = [...wanted.keys()].filter((one) => !given.has(one)).join(' ');
    const extra = [...given.keys()].filter((one) => !wanted.has(one)).join(' ');
    return `expected ${expected?.length ?? 0} ${what} got ${actual?.length ?? 0}; missing ${shorten(missing, 400)}; unexpected ${shorten(extra, 400)}`;
  }
  return firstOf([...wanted], ([name, one]) => {
    if (!given.has(name)) return `missing ${what} ${shorten(name)}; got ${shorten([...given.keys()].join(' '), 400)}`;
    const found = diff(one, given.get(name));
    return found ? `${what} ${shorten(name, 160)}: ${found}` : undefined;
  });
}

/** Compares two lists as sets of whole values. */
export function diffSet(expected, actual, what) {
  return diffKeyed(expected, actual, { key: canon, diff: () => undefined, what });
}

export function diffCount(expected, actual, what) {
  const [wanted, given] = [expected, actual].map((value) => value?.length ?? Object.keys(value ?? {}).length);
  return wanted === given ? undefined : `expected ${wanted} ${what} got ${given}`;
}

/** Samples `[time, value]`: equal times, values within the tolerance. */
export function diffPoints(expected, actual, tolerance) {
  if (expected.length !== actual.length) return `points: ${expectedGot(expected, actual)}`;
  return firstOf(expected, ([time, value], at) => {
    if (time !== actual[at][0]) return `point ${at}: expected time ${time} got ${actual[at][0]}`;
    return isSameNumber(value, actual[at][1], tolerance)
      ? undefined
      : `at ${time}: ${expectedGot(value, actual[at][1])}`;
  });
}

export const sortKeys = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => compareText(a, b)));

export const compareText = (a, b) => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};
