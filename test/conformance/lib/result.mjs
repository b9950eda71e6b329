// Query results as Prometheus and Loki both write them: vector, matrix, scalar, string.
import { canon, diffDeep, diffKeyed, diffPoints, expectedGot, firstOf, sortKeys } from './equality.mjs';

export function normalisePoint([time, value], clock) {
  return [clock.offsetOfSeconds(time), clock.scrub(value)];
}

export function normaliseResult(data, clock) {
  const { resultType, result } = data;
  if (isSingle(resultType)) return { resultType, result: normalisePoint(result, clock) };
  return { resultType, result: result.map((one) => normaliseSeries(one, clock)) };
}

const isSingle = (resultType) => resultType === 'scalar' || resultType === 'string';

function normaliseSeries(series, clock) {
  const histogramPoint = ([time, histogram]) => [clock.offsetOfSeconds(time), histogram];
  return {
    metric: sortKeys(clock.scrubDeep(series.metric)),
    ...(series.value && { value: normalisePoint(series.value, clock) }),
    ...(series.values && { values: series.values.map((one) => normalisePoint(one, clock)) }),
    ...(series.histogram && { histogram: histogramPoint(series.histogram) }),
    ...(series.histograms && { histograms: series.histograms.map(histogramPoint) }),
  };
}

export function diffResult(expected, actual, { ordered, tolerance }) {
  if (expected.resultType !== actual.resultType)
    return `expected resultType ${expected.resultType} got ${actual.resultType}`;
  if (isSingle(expected.resultType)) return diffPoints([expected.result], [actual.result], tolerance);
  if (ordered) {
    const [wanted, given] = [expected, actual].map((one) => one.result.map((series) => canon(series.metric)).join(' '));
    if (wanted !== given) return `order: ${expectedGot(wanted, given)}`;
  }
  const key = (series) => canon(series.metric);
  const diff = (x, y) => diffSeries(x, y, tolerance);
  return diffKeyed(expected.result, actual.result, { key, diff, what: 'series' });
}

const asList = {
  value: (one) => [one],
  values: (all) => all,
};

function diffSeries(expected, actual, tolerance) {
  return firstOf(['value', 'values', 'histogram', 'histograms'], (field) => {
    const [x, y] = [expected[field], actual[field]];
    if ((x === undefined) !== (y === undefined)) return `${field} ${expectedGot(x, y)}`;
    if (x === undefined) return undefined;
    return asList[field] ? diffPoints(asList[field](x), asList[field](y), tolerance) : diffDeep(x, y, tolerance);
  });
}
