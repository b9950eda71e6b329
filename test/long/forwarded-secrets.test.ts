// The same secrets before servers of their own: here another keeper, which masks nothing itself, stands behind. Neither it nor
// the queue of the keeper in front gets to see one.
import { expect, test } from 'vitest';
import type { Backend } from '../../src/model/backend.ts';
import { Random, readSeed } from '../fuzz/random.ts';
import { makeStackFolder, startKeeper } from '../keeper/keeper-process.ts';
import { askEverything, listLeaks, readFiles, SecretMaker, scrapePage, sendOtlp } from '../keeper/secret-fixture.ts';

const seed = readSeed();
const unmasked = { enabled: false, keys: [], patterns: [], emails: false };

test.each(['otlp', 'remote-write'] as const)(
  `no generated secret is passed on, metrics by %s (seed ${seed})`,
  async (metricsProtocol) => {
    const make = new SecretMaker(new Random(seed));
    const behind = await startKeeper(await makeStackFolder({ redact: unmasked }));
    const { loki, prometheus, tempo } = behind.endpoints;
    const remoteWriteUrl = `${prometheus}/api/v1/write`;
    const writeUrl = metricsProtocol === 'otlp' ? `${prometheus}/api/v1/otlp/v1/metrics` : remoteWriteUrl;
    const backend: Backend = {
      loki: { url: loki, headers: {}, otlpLogsUrl: `${loki}/otlp/v1/logs` },
      prometheus: { url: prometheus, headers: {}, metricsProtocol, writeUrl, remoteWriteUrl },
      tempo: { url: tempo, headers: {}, otlpTracesUrl: `${tempo}/v1/traces` },
      tenancy: 'alone',
    };
    const keeper = await startKeeper(await makeStackFolder({ backend, runtime: 'native' }));
    for (let round = 0; round < 5; round++)
      for (const signal of ['logs', 'metrics', 'traces'] as const) await sendOtlp(keeper, signal, make);
    await scrapePage(keeper, make);
    const queued = readFiles(keeper.dir);
    await keeper.control('POST', '/obs/settle', { timeoutMs: 60_000 });
    expect(make.secrets.length).toBeGreaterThan(100);
    const answers = await askEverything(behind);
    expect([...answers.values()].filter((answer) => answer.includes('[masked]')).length).toBeGreaterThan(10);
    expect(listLeaks(make.secrets, answers)).toEqual([]);
    expect(listLeaks(make.secrets, new Map([...queued, ...readFiles(keeper.dir), ...readFiles(behind.dir)]))).toEqual(
      [],
    );
  },
);
