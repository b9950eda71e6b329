// Times of the recorded cases. Cases speak of offsets from T0; requests carry absolute times; answers are turned back into
// offsets before they are compared. Placeholders in queries: ${T0}, ${T0+90} (seconds), ${T0MS+…}, ${T0NS+…}.

const placeholder = /\$\{T0(MS|NS)?([+-][0-9.]+)?\}/g;
// Whole numbers inside a text that may be times: 19 digits of ns, 16 of µs, 13 of ms, 10 of s with an optional fraction.
const timeLike =
  /(?<![0-9A-Za-z.+-])(-?)(1[0-9]{18}|1[0-9]{15}|1[0-9]{12}|1[0-9]{9})(\.[0-9]+)?(e\+[0-9]+)?(?![0-9A-Za-z])/g;
// Only numbers this near T0 are taken for times, in seconds.
const nearest = { before: -7_200, after: 14_400 };

export class Clock {
  constructor(t0Ms) {
    this.t0Ms = t0Ms;
    this.t0Ns = BigInt(t0Ms) * 1_000_000n;
  }

  toMs(offsetS) {
    return this.t0Ms + Math.round(offsetS * 1_000);
  }

  toSeconds(offsetS) {
    return String(this.toMs(offsetS) / 1_000);
  }

  toNs(offsetS) {
    return String(this.t0Ns + BigInt(Math.round(offsetS * 1e6)) * 1_000n);
  }

  /** Replaces the placeholders of a query or parameter by absolute times. */
  fill(text) {
    return String(text).replace(placeholder, (_, unit, offset) => {
      const offsetS = offset ? Number(offset) : 0;
      if (unit === 'NS') return this.toNs(offsetS);
      return unit === 'MS' ? String(this.toMs(offsetS)) : this.toSeconds(offsetS);
    });
  }

  offsetOfSeconds(seconds) {
    return (Math.round(seconds * 1_000) - this.t0Ms) / 1_000;
  }

  offsetOfMs(ms) {
    return (Number(ms) - this.t0Ms) / 1_000;
  }

  offsetOfNs(ns) {
    return String(BigInt(ns) - this.t0Ns);
  }

  /** Replaces absolute times that stand inside a text by placeholders. */
  scrub(text) {
    if (typeof text !== 'string' || text.length < 10) return text;
    return text.replace(timeLike, (match, sign, whole, fraction, exponent) =>
      sign || exponent ? match : (this.#toPlaceholder(whole, fraction) ?? match),
    );
  }

  scrubDeep(value) {
    if (typeof value === 'string') return this.scrub(value);
    if (Array.isArray(value)) return value.map((one) => this.scrubDeep(one));
    if (!value || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [this.scrub(key), this.scrubDeep(one)]));
  }

  #toPlaceholder(whole, fraction) {
    const inside = (offsetS) => offsetS >= nearest.before && offsetS <= nearest.after;
    const write = (unit, offset) => `\${T0${unit} ${offset >= 0 ? '+' : ''}${offset}}`;
    if (whole.length === 10) {
      const offset = this.offsetOfSeconds(Number(whole + (fraction ?? '')));
      return inside(offset) ? write('', offset) : undefined;
    }
    const [unit, offset, perSecond] = {
      19: () => ['NS', BigInt(whole) - this.t0Ns, 1e9],
      16: () => ['US', BigInt(whole) - this.t0Ns / 1_000n, 1e6],
      13: () => ['MS', Number(whole) - this.t0Ms, 1e3],
    }[whole.length]();
    // Only milliseconds may have a fraction, which is dropped.
    if (fraction && unit !== 'MS') return undefined;
    return inside(Number(offset) / perSecond) ? write(unit, offset) : undefined;
  }
}
