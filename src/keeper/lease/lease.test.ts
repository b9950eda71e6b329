// When a lease runs out, with a clock that the test moves.
import { expect, test } from 'vitest';
import type { StackState } from '../../model/stack-state.ts';
import { readOwnMark } from '../../std/process-identity.ts';
import { Lease } from './lease.ts';

const ttlMs = 60_000;

/** Whether a lease of a stack has run out just after its time. */
function isOver(stack: Pick<StackState, 'readyMs' | 'starter'>): boolean {
  // A lease reads these three only.
  const state = { ...stack, lease: { ttlMs, expiresAtMs: 0 } } as StackState;
  let [nowMs, over] = [0, false];
  const lease = new Lease({ state, update: () => {} }, () => nowMs);
  nowMs = ttlMs + 1;
  lease.watch(() => {
    over = true;
  });
  lease.stop();
  return over;
}

const alive = readOwnMark();
const dead = { ...alive, startTime: 'another' };

test.each([
  { name: 'a stack that is ready', stack: { readyMs: 1, starter: null }, over: true },
  { name: 'a stack that an up waits for', stack: { readyMs: null, starter: alive }, over: false },
  { name: 'a stack whose up was killed', stack: { readyMs: null, starter: dead }, over: true },
])('of $name: $over', ({ stack, over }) => expect(isOver(stack)).toBe(over));
