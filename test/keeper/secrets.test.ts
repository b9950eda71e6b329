// Secrets of many shapes, generated from a seed, sent by every way in and in every place that holds text: none of them comes out of
// any API or stands in any file of the stack. OBS_FUZZ_SEED takes a seed back.
import { expect, test } from 'vitest';
import { Random, readSeed } from '../fuzz/random.ts';
import { startKeeper } from './keeper-process.ts';
import {
  askEverything,
  listLeaks,
  readFiles,
  SecretMaker,
  scrapePage,
  sendOtlp,
  sendPush,
  sendRemoteWrite,
} from './secret-fixture.ts';

const seed = readSeed();

test(`no generated secret comes out of any API or stands in any file (seed ${seed})`, async () => {
  const make = new SecretMaker(new Random(seed));
  const keeper = await startKeeper();
  for (let round = 0; round < 10; round++) {
    for (const signal of ['logs', 'metrics', 'traces'] as const) await sendOtlp(keeper, signal, make);
    await sendPush(keeper, make);
    await sendRemoteWrite(keeper, make);
  }
  await scrapePage(keeper, make);
  expect(make.secrets.length).toBeGreaterThan(400);
  const answers = await askEverything(keeper);
  expect([...answers.values()].filter((answer) => answer.includes('[masked]')).length).toBeGreaterThan(10);
  expect(listLeaks(make.secrets, answers)).toEqual([]);
  const files = readFiles(keeper.dir);
  expect([...files.keys()].filter((path) => path.endsWith('.wal'))).toHaveLength(3);
  expect(listLeaks(make.secrets, files)).toEqual([]);
}, 60_000);

test('the search finds a secret where there is one', () => {
  expect(listLeaks(['s3cret'], new Map([['place', 'a s3cret b']]))).toEqual(['s3cret in place']);
});
