// What is remembered of arrivals and refusals is bounded, and tells sources apart.
import { expect, test } from 'vitest';
import { ArrivalLog } from './arrivals.ts';

const from = (service: string) => ({
  signal: 'logs' as const,
  service,
  runId: null,
  protocol: 'otlp-http-json',
  records: 2,
});

test('records of one source are added up between its first and its last arrival', () => {
  let nowMs = 1;
  const log = new ArrivalLog(() => nowMs);
  log.add(from('a'));
  nowMs = 9;
  log.add(from('a'));
  log.add({ ...from('a'), protocol: 'otlp-grpc' });
  expect(log.list().arrivals).toEqual([
    { ...from('a'), records: 4, firstAtMs: 1, lastAtMs: 9 },
    { ...from('a'), protocol: 'otlp-grpc', firstAtMs: 9, lastAtMs: 9 },
  ]);
});

test('made-up service names push out the oldest sources, not the memory', () => {
  const log = new ArrivalLog(() => 0);
  for (let i = 0; i < 5000; i++) log.add(from(`s${i}`));
  const { arrivals } = log.list();
  expect(arrivals).toHaveLength(1000);
  expect(arrivals.at(-1)?.service).toBe('s4999');
});

test('only the latest refusals are kept', () => {
  const log = new ArrivalLog(() => 0);
  for (let i = 0; i < 500; i++) log.refuse({ path: `/${i}`, status: 400, reason: 'x', remote: null });
  const { refusals } = log.list();
  expect([refusals.length, refusals.at(-1)?.path]).toEqual([100, '/499']);
});
