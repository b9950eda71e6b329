#!/usr/bin/env node
// `npm run demo`: the main job on real input, with nothing but the public `obs` command. Two worktrees of one repository
// get a stack each; the example shop boots in both, two journeys drive it, budgets judge it. One worktree passes, the
// other carries a slow query and a slow start, and fails with the guilty span named. Then everything goes.

import { findLeftovers, readResidents } from './demo/leftovers.mjs';
import { expect, narrate, readExpectations, startClock } from './demo/narrate.mjs';
import { makeObs } from './demo/obs.mjs';
import { copyShop, makeWorktrees, removeWorkspace } from './demo/workspace.mjs';

// Verb, query, what the answer has to show, and what that proves.
const questions = [
  ['logs', '{service_name="gateway"} |= "order placed"', /info.*order placed/i, 'LogQL finds the line of the order'],
  [
    'metrics',
    'sum by (outcome) (shop_orders_total)',
    /outcome="placed".*1/,
    'PromQL counts the orders of the /metrics page',
  ],
  [
    'traces',
    '{ span.obs.journey = "checkout" } >> { span.db.system.name != nil }',
    /journey checkout/,
    'TraceQL finds database spans below the journey',
  ],
];

const workspace = await copyShop();
const obs = makeObs(workspace);
const clock = startClock();
try {
  await main(await makeWorktrees(workspace));
} finally {
  await Promise.all(workspace.worktrees.map(({ path }) => obs.quietly(path, ['down'])));
  await removeWorkspace(workspace);
}
process.exitCode = readExpectations(clock) ? 0 : 1;

async function main({ good, slow }) {
  narrate('Two worktrees of one repository: one is fine, the other has a slow query and a slow start.');
  await Promise.all([obs.show(good, ['up']), obs.show(slow, ['up'])]);

  narrate('The shop boots in both, one after the other: boots that are measured take turns.');
  await obs.show(good, ['run', '--detach']);
  await obs.show(slow, ['run', '--detach']);

  narrate('Two journeys in each, both worktrees at once.');
  await Promise.all([good, slow].map((worktree) => driveJourneys(worktree)));

  narrate('Three questions to the good one: its logs, its metrics, its traces.');
  await askQuestions(good);

  narrate('The slow checkout as a waterfall.');
  await showSlowestTrace(slow);

  narrate('The budgets of obs.yaml decide.');
  await judge(good, slow);

  narrate('Down, and nothing is left.');
  await takeDown([good, slow]);
}

async function driveJourneys(worktree) {
  await obs.show(worktree, ['journey', 'browse']);
  await obs.show(worktree, ['journey', 'checkout']);
}

async function askQuestions(worktree) {
  for (const [verb, query, found, what] of questions) {
    const answer = await obs.show(worktree, [verb, query]);
    expect(answer.exit === 0 && found.test(answer.stdout), what);
  }
}

async function showSlowestTrace(worktree) {
  const found = await obs.json(worktree, ['traces', '{ span.obs.journey = "checkout" && duration > 2s }']);
  const traceId = found.traces?.[0]?.traceId;
  expect(traceId !== undefined, 'TraceQL finds the journey that took more than 2 s');
  if (traceId !== undefined) await obs.show(worktree, ['trace', traceId]);
}

async function judge(good, slow) {
  const passed = await obs.show(good, ['check']);
  expect(passed.exit === 0, 'the good worktree passes: exit code 0');
  const failed = await obs.show(slow, ['check']);
  expect(failed.exit === 1, 'the slow worktree fails: exit code 1');
  const { verdicts } = await obs.json(slow, ['check']);
  const culprits = verdicts
    .filter((one) => one.verdict === 'fail')
    .flatMap((one) => one.culprits.map(({ line }) => line));
  expect(
    verdicts.some((one) => one.verdict === 'fail' && one.budget.includes('startup') && one.observed?.value > 2_400),
    'the slow start is found, far over its limit',
  );
  expect(
    culprits.some((line) => /with recursive movement/i.test(line)),
    'the guilty database span is named, with its statement',
  );
  const clean = verdicts.find((one) => one.budget.includes('error lines'));
  expect(clean?.verdict === 'pass', 'slow is not broken: no error line in the slow worktree either');
}

async function takeDown(worktrees) {
  const residents = (await Promise.all(worktrees.map((worktree) => readResidents(obs, worktree)))).flat();
  await Promise.all(worktrees.map((worktree) => obs.show(worktree, ['down'])));
  const left = await findLeftovers(workspace, residents);
  expect(residents.length >= 8, `${residents.length} processes and ports were in use`);
  expect(left.processes.length === 0, `no process is left ${list(left.processes)}`);
  expect(left.ports.length === 0, `no port is open ${list(left.ports)}`);
  expect(left.state.length === 0, `no state is left but the port reservations ${list(left.state)}`);
}

function list(found) {
  return found.length === 0 ? '' : `(${found.join(', ')})`;
}
