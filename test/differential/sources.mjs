// What random questions are about: the names that a server holds, and how a query becomes a question.

const dataSeconds = 900;

async function read(url, path, parameters = {}) {
  const response = await fetch(`${url}${path}?${new URLSearchParams(parameters)}`);
  return (await response.json()).data ?? [];
}

/** Every nth of a list that is longer than `most`. */
function thin(list, most) {
  const step = Math.max(1, Math.ceil(list.length / most));
  return list.filter((_, at) => at % step === 0);
}

async function readLabels(url, { prefix, window, most }) {
  const names = thin(await read(url, `${prefix}/labels`, window), most);
  const labels = names.map(async (name) => ({
    name,
    values: thin(await read(url, `${prefix}/label/${encodeURIComponent(name)}/values`, window), 6),
  }));
  return (await Promise.all(labels)).filter(({ name, values }) => name !== '__name__' && values.length > 0);
}

export const sources = {
  promql: {
    server: 'prometheus',
    async readVocabulary(url, clock) {
      const window = { start: clock.toSeconds(-600), end: clock.toSeconds(1_200) };
      const metrics = await read(url, '/api/v1/label/__name__/values', window);
      const labels = await readLabels(url, { prefix: '/api/v1', window, most: 12 });
      const plain = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
      return {
        metrics: thin(
          metrics.filter((name) => plain.test(name)),
          40,
        ),
        labels: labels.filter(({ name }) => plain.test(name)),
      };
    },
    makeCase(query, at) {
      if (at % 2 === 0) return { type: 'instant', query, at: (at * 37) % dataSeconds };
      const start = (at * 53) % 600;
      return { type: 'range', query, start, end: start + 300, step: ['15', '7', '60', '30.5'][at % 4] };
    },
    isEmpty: (result) => Array.isArray(result?.result) && result.result.length === 0,
  },
  logql: {
    server: 'loki',
    async readVocabulary(url, clock) {
      const window = { start: clock.toNs(-600), end: clock.toNs(1_200) };
      return { metrics: [], labels: await readLabels(url, { prefix: '/loki/api/v1', window, most: 12 }) };
    },
    makeCase(query, at) {
      const start = (at * 53) % 600;
      if (at % 3 === 0) return { type: 'instant', query, at: 60 + start };
      return {
        type: 'range',
        query,
        start,
        end: start + 300,
        step: '30',
        limit: 50 + (at % 5) * 1_000,
        direction: at % 2 ? 'forward' : 'backward',
      };
    },
    isEmpty: (result) => Array.isArray(result?.result) && result.result.length === 0,
  },
};
