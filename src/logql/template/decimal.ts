// Exact decimal arithmetic for addf, subf, mulf and divf: 0.1 + 0.2 is 0.3 there, as with the library behind them.

/** coefficient × 10^exponent */
interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const divisionDigits = 16;

function toDecimal(value: number): Decimal {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { coefficient: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

function toNumber({ coefficient, exponent }: Decimal): number {
  return Number(`${coefficient}e${exponent}`);
}

function align(a: Decimal, b: Decimal): { left: bigint; right: bigint; exponent: number } {
  const exponent = Math.min(a.exponent, b.exponent);
  const scale = (of: Decimal) => of.coefficient * 10n ** BigInt(of.exponent - exponent);
  return { left: scale(a), right: scale(b), exponent };
}

const operations: Readonly<Record<'+' | '-' | '*' | '/', (a: Decimal, b: Decimal) => Decimal>> = {
  '+': (a, b) => {
    const { left, right, exponent } = align(a, b);
    return { coefficient: left + right, exponent };
  },
  '-': (a, b) => {
    const { left, right, exponent } = align(a, b);
    return { coefficient: left - right, exponent };
  },
  '*': (a, b) => ({ coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent }),
  '/': (a, b) => {
    if (b.coefficient === 0n) throw new Error('decimal division by 0');
    const { left, right } = align(a, b);
    const scaled = left * 10n ** BigInt(divisionDigits);
    const negative = scaled < 0n !== right < 0n;
    const [top, bottom] = [scaled < 0n ? -scaled : scaled, right < 0n ? -right : right];
    const rounded = (top * 2n + bottom) / (bottom * 2n);
    return { coefficient: negative ? -rounded : rounded, exponent: -divisionDigits };
  },
};

/** Computes with decimal digits; not-finite numbers fall back to floats. @throws Error on division by zero */
export function computeDecimal(op: '+' | '-' | '*' | '/', a: number, b: number): number {
  // Numbers so far apart that exact digits would run to thousands are floats' own business.
  if (!Number.isFinite(a) || !Number.isFinite(b) || Math.abs(exponentOf(a) - exponentOf(b)) > 60) {
    return { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[op];
  }
  return toNumber(operations[op](toDecimal(a), toDecimal(b)));
}

function exponentOf(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
}
