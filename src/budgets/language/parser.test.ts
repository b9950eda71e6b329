// The grammar of budgets: what is accepted, how it is understood, and that printing gives the same budget back.
import { describe, expect, it } from 'vitest';
import { ObsError } from '../../errors/obs-error.ts';
import { parseBudget } from './parser.ts';
import { printBudget } from './print.ts';
import type { BudgetOrigin } from './refuse.ts';

const argument: BudgetOrigin = { kind: 'argument', source: 'argument 1' };
const yaml: BudgetOrigin = { kind: 'yaml', source: 'obs.yaml:42' };

/** text → canonical form; the same text stands for itself. */
const valid: readonly (readonly [string, string?])[] = [
  ['startup < 800ms'],
  ['ensure startup < 800ms', 'startup < 800ms'],
  ['ensure that the startup is under 800 ms', 'startup < 800ms'],
  ['startup of web at most 0.8s', 'startup of web <= 0.8s'],
  ['no span > 2s'],
  ['no span in journey checkout > 2s'],
  ['no span in journey checkout exceeds 2s', 'no span in journey checkout > 2s'],
  ['no span in critical journeys > 2s'],
  ['no span in journeys a, b,c > 2s', 'no span in journeys a, b, c > 2s'],
  ['no span in journeys checkout > 2s', 'no span in journey checkout > 2s'],
  ['no span of web in journey "a b" {span.db.system="postgresql"} > 1.5s'],
  ['no span in journey journeys > 2s', 'no span in journey "journeys" > 2s'],
  ['p95(span "GET /checkout") < 300ms over 20 samples'],
  [
    'p95(span "GET /checkout" {span.http.status_code = 200} of web in journey x) < 300ms over 1 sample',
    'p95(span "GET /checkout" {span.http.status_code = 200} of web in journey x) < 300ms over 1 samples',
  ],
  ['p(99.9)(span) <= 1s'],
  ['p99.9(span) <= 1s', 'p(99.9)(span) <= 1s'],
  ['max(startup) <= baseline + 10% + 20ms over 5 runs'],
  ['max(startup) <= baseline'],
  ['avg(journey in journey checkout) < 1s over 3 iterations'],
  ['count(span {name =~ "SELECT.*"} in journey checkout) <= 12 per iteration'],
  ['count(span "SELECT") < 5 per trace'],
  ['rate(span "GET /") at least 10 per s', 'rate(span "GET /") >= 10 per s'],
  ['errors == 0'],
  ['errors {resource.service.name = "web"} < 1%'],
  ['errors of web in journey checkout is 0', 'errors of web in journey checkout == 0'],
  ['rss of web < 300MB'],
  ['cpu < 50%'],
  ['eventloop < 20 ms', 'eventloop < 20ms'],
  ['max(rss) < 512MiB'],
  ['min(cpu) >= -0', 'min(cpu) >= 0'],
  ['logs {service_name="web"} | detected_level="error" == 0'],
  ['logs {service_name="web"} != "debug" == 0'],
  ['logs {app="a"} |> "<_> error <_>" is 0', 'logs {app="a"} |> "<_> error <_>" == 0'],
  ['logs sum(count_over_time({a="b"} |= "x > 3" [5m])) < 10'],
  ['metric rate(http_requests_total{code=~"5.."}[1m]) > 5 < 10'],
  [
    'metric histogram_quantile(0.95, sum by (le) (rate(d_bucket[1m]))) under 300ms',
    'metric histogram_quantile(0.95, sum by (le) (rate(d_bucket[1m]))) < 300ms',
  ],
  ['metric up'.concat(' == 1')],
  ['metric temperature > -5'],
  ['traces {name="a"} >> {status=error} == 0'],
  ['traces {name="a"} > {status=error} == 0'],
  ['traces { duration > 2s } | count() > 2 == 0'],
  ['traces {} at least 3 over 3 runs', 'traces {} >= 3 over 3 runs'],
];

describe('a budget in the grammar', () => {
  it.each(valid.map(([text, canonical = text]) => ({ text, canonical })))('$text', ({ text, canonical }) => {
    const budget = parseBudget(text, argument);
    expect(printBudget(budget)).toBe(canonical);
    expect(withoutPlaces(parseBudget(canonical, argument))).toEqual(withoutPlaces(budget));
  });

  it('keeps query, comparison, limit, per and over apart', () => {
    expect(withoutPlaces(parseBudget('count(span "a" of web) >= 5 per trace over 20 samples', argument))).toEqual({
      subject: {
        kind: 'thing',
        statistic: { kind: 'count' },
        thing: { kind: 'span', name: 'a', where: null },
        scope: { app: 'web', journeys: null },
      },
      comparison: '>=',
      limit: { kind: 'quantity', quantity: { value: 5, unit: '' } },
      per: 'trace',
      over: { count: 20, of: 'samples' },
    });
  });
});

interface Refused {
  readonly text: string;
  readonly code: string;
  readonly says: RegExp;
  readonly origin?: BudgetOrigin;
}

const refused: readonly Refused[] = [
  {
    text: 'no span in journey checkout',
    code: 'OBS_BUDGET_WITHOUT_COMPARISON',
    says: /^your shell took the `>`: quote it, or say `under`$/,
  },
  { text: 'startup', code: 'OBS_BUDGET_WITHOUT_COMPARISON', says: /your shell took the `>`/ },
  { text: 'startup', code: 'OBS_BUDGET_WITHOUT_COMPARISON', says: /one comparison/, origin: yaml },
  { text: 'logs {app="a"} |= "x"', code: 'OBS_BUDGET_WITHOUT_COMPARISON', says: /your shell took/ },
  { text: 'traces {} > {}', code: 'OBS_BUDGET_WITHOUT_COMPARISON', says: /your shell took/ },
  { text: 'p95(span "GET', code: 'OBS_BUDGET_UNCLOSED_QUOTE', says: /" #" begins a comment/, origin: yaml },
  { text: 'logs {app="a', code: 'OBS_BUDGET_UNCLOSED_QUOTE', says: /" #"/, origin: yaml },
  { text: 'p95(span "GET', code: 'OBS_BUDGET_UNCLOSED_QUOTE', says: /^p95\(span "GET\n {9}\^$/ },
  { text: 'startupp < 1s', code: 'OBS_BUDGET_REFUSED', says: /Expected startup or span/ },
  { text: 'startup < 800 msec', code: 'OBS_BUDGET_REFUSED', says: /\^\^\^\^\nExpected one of ns us/ },
  { text: 'startup = 800ms', code: 'OBS_BUDGET_REFUSED', says: /\^/ },
  { text: 'startup < 1s < 2s', code: 'OBS_BUDGET_REFUSED', says: /Expected per or over or the end/ },
  { text: 'p100(span) < 1s', code: 'OBS_BUDGET_REFUSED', says: /between 0 and 100/ },
  { text: 'p95(span < 1s', code: 'OBS_BUDGET_REFUSED', says: /Expected \)/ },
  { text: 'p95 span < 1s', code: 'OBS_BUDGET_REFUSED', says: /Expected \(/ },
  { text: 'no spans > 1s', code: 'OBS_BUDGET_REFUSED', says: /Expected span/ },
  { text: 'no span in checkout > 1s', code: 'OBS_BUDGET_REFUSED', says: /Expected journeys/ },
  { text: 'startup < fast', code: 'OBS_BUDGET_REFUSED', says: /Expected a number or baseline/ },
  { text: 'startup < 1s per day', code: 'OBS_BUDGET_REFUSED', says: /Expected trace or iteration or s/ },
  { text: 'startup < 1s over 0 runs', code: 'OBS_BUDGET_REFUSED', says: /whole number/ },
  { text: 'startup < 1s over 3 days', code: 'OBS_BUDGET_REFUSED', says: /runs or iterations or samples/ },
  { text: 'no span {name="a" > 1s', code: 'OBS_BUDGET_REFUSED', says: /Expected \}/ },
  { text: 'metric == 5', code: 'OBS_BUDGET_REFUSED', says: /Expected a query/ },
  { text: '', code: 'OBS_BUDGET_REFUSED', says: /Expected startup/ },
  { text: '💥 < 1', code: 'OBS_BUDGET_REFUSED', says: /\^/ },
];

describe('a budget outside the grammar', () => {
  it.each(refused)('$code: $text ($origin.kind)', ({ text, code, says, origin = argument }) => {
    const error = captureError(() => parseBudget(text, origin));
    expect(error).toBeInstanceOf(ObsError);
    expect(error).toMatchObject({ code, exit: 2 });
    expect((error as ObsError).why).toMatch(says);
  });

  it('is answered with the budget that was probably meant', () => {
    const fixOf = (text: string) => (captureError(() => parseBudget(text, argument)) as ObsError).fix;
    expect(fixOf('startupp < 1s')).toBe("obs check 'startup < 1s'");
    expect(fixOf('startup < 800 msec')).toBe("obs check 'startup < 800 ms'");
    expect(fixOf('startup = 800ms')).toBe("obs check 'startup == 800ms'");
    expect(fixOf('no span in checkout > 1s')).toBe("obs check 'no span in journey checkout > 1s'");
    expect(fixOf('no span in journey checkout')).toBe("obs check 'no span in journey checkout > 2s'");
  });

  it('that YAML cut at " #" is shown in the quotes that would have kept it', () => {
    const error = captureError(() => parseBudget('p95(span "GET', yaml)) as ObsError;
    expect(error.fix).toBe(`edit obs.yaml:42: - 'p95(span "GET #…'`);
  });
});

function captureError(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The same value without its places in the text. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'at' && key !== 'limitAt');
  const cleaned = Object.fromEntries(kept.map(([key, inner]) => [key, withoutPlaces(inner)]));
  return 'text' in cleaned && Object.keys(cleaned).length === 1 ? cleaned.text : cleaned;
}
