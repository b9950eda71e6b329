#!/usr/bin/env node
// `npm run conformance [-- OPTIONS]`: asks the built keeper (or the servers at given URLs) what the real servers were asked,
// and counts equal answers. Options are in README.md. Exits 1 if a count fell below ratchet.json.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Clock } from './lib/clock.mjs';
import { makeTargets, startEngine } from './lib/engine.mjs';
import { languageNames } from './lib/languages.mjs';
import { findLosses, raise, readRatchet, writeRatchet } from './lib/ratchet.mjs';
import { renderReport } from './lib/report.mjs';
import { countOutcomes, runSuite } from './lib/suite.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const ratchetFile = join(here, 'ratchet.json');
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: languageNames.join(',') },
    category: { type: 'string' },
    id: { type: 'string' },
    errors: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    json: { type: 'string' },
    raise: { type: 'boolean', default: false },
    t0: { type: 'string' },
    'no-load': { type: 'boolean', default: false },
    'visible-timeout': { type: 'string', default: '10000' },
    ...Object.fromEntries(
      ['loki', 'prometheus', 'tempo', 'ref-loki', 'ref-prometheus', 'ref-tempo'].map((name) => [
        name,
        { type: 'string' },
      ]),
    ),
  },
});

// The newest multiple of ten minutes that is at least twenty minutes past: some cases ask about times up to T0 + 1100 s,
// and subqueries, metrics and splits align to steps that divide ten minutes.
const tenMinutesMs = 600_000;
const t0Ms = values.t0 ? Number(values.t0) : Math.floor((Date.now() - 2 * tenMinutesMs) / tenMinutesMs) * tenMinutesMs;
if (t0Ms % tenMinutesMs !== 0) throw new Error('--t0 must be in milliseconds and a multiple of 600000');

const given = values.loki ?? values.prometheus ?? values.tempo;
const engine = given ? { targets: makeTargets(values), stop: async () => {} } : await startEngine();
const reference = values['ref-loki'] ?? values['ref-prometheus'] ?? values['ref-tempo'];
try {
  const { outcomes } = await runSuite({
    languages: values.only.split(','),
    categories: values.category?.split(','),
    id: values.id,
    folder: here,
    targets: engine.targets,
    clock: new Clock(t0Ms),
    reference:
      reference &&
      makeTargets({ loki: values['ref-loki'], prometheus: values['ref-prometheus'], tempo: values['ref-tempo'] }),
    exactErrors: values.errors === 'exact',
    alreadyLoaded: values['no-load'],
    timeoutMs: Number(values['visible-timeout']),
    note: (line) => console.error(`warning: ${line}`),
  });
  report(outcomes);
} finally {
  await engine.stop();
}

function report(outcomes) {
  if (values.json) writeFileSync(values.json, `${JSON.stringify(summarise(outcomes), null, 1)}\n`);
  if (values.raise) writeRatchet(ratchetFile, raise(outcomes, readRatchet(ratchetFile)));
  const losses = values.errors === 'exact' ? [] : findLosses(outcomes, readRatchet(ratchetFile));
  for (const loss of losses) console.log(`below the ratchet: ${loss}`);
  console.log(renderReport(outcomes, { verbose: values.verbose }));
  if (losses.length > 0) process.exitCode = 1;
}

function summarise(outcomes) {
  const failures = outcomes.filter((one) => one.why);
  return {
    t0Ms,
    passed: outcomes.length - failures.length,
    total: outcomes.length,
    totals: countOutcomes(outcomes),
    failures: failures.map(({ id, why, testCase }) => ({ id, why, query: testCase?.query, type: testCase?.type })),
  };
}
