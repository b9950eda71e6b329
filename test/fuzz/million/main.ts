// Runs every target again and again with damaged inputs until the time is over, and prints what came of it: how many inputs
// each took, the slowest of them, and the memory before and after. Node must be started with --expose-gc.
import { Random } from '../random.ts';
import { listTargets, type Target } from './targets.ts';

const longestMs = 1_000;
const usualInputs = 500;
/** Turns before memory is first measured: caches fill, code is compiled. */
const warmTurns = 4;
/** What caches with a limit of their own and the heap's fragments may add. */
const allowedGrowthBytes = 48 * 1024 * 1024;

export interface FuzzOptions {
  readonly seed: number;
  readonly ms: number;
  readonly print: (text: string) => void;
}

interface Tally {
  /** Of its own: what a target gets does not depend on the others. */
  readonly random: Random;
  inputs: number;
  refused: number;
  slowestMs: number;
}

/** Resolves with the findings; none is good. */
export function runFuzz({ seed, ms, print }: FuzzOptions): string[] {
  const targets = listTargets();
  const tallies = new Map(
    targets.map((target): [Target, Tally] => [
      target,
      { random: new Random(seed), inputs: 0, refused: 0, slowestMs: 0 },
    ]),
  );
  const findings: string[] = [];
  const endMs = performance.now() + ms;
  let before: Memory | undefined;
  for (let turn = 0; turn <= warmTurns || performance.now() < endMs; turn++) {
    if (turn === warmTurns) before = readMemory();
    for (const [target, tally] of tallies) {
      const finding = takeTurn(target, tally);
      if (finding !== undefined) findings.push(`seed ${seed}: ${target.name}: ${finding}`);
    }
    if (findings.length > 0) break;
  }
  const after = readMemory();
  const grownBytes = before === undefined ? 0 : after.heldBytes - before.heldBytes;
  if (grownBytes > allowedGrowthBytes) findings.push(`seed ${seed}: memory grew by ${inMib(grownBytes)}`);
  report({ seed, tallies, before: before ?? after, after, print });
  return findings;
}

function takeTurn(target: Target, tally: Tally): string | undefined {
  const { inputsOfTurn = usualInputs } = target;
  for (let i = 0; i < inputsOfTurn; i++) {
    const input = target.make(tally.random);
    const begun = performance.now();
    const problem = tryInput(target, tally, input);
    const tookMs = performance.now() - begun;
    tally.inputs++;
    tally.slowestMs = Math.max(tally.slowestMs, tookMs);
    if (problem !== undefined) return `${problem} on ${input.toString('base64')}`;
    if (tookMs > longestMs && isSlow(target, input))
      return `took ${Math.round(tookMs)} ms on ${input.toString('base64')}`;
  }
  return undefined;
}

function tryInput({ run, refusals }: Target, tally: { refused: number }, input: Buffer): string | undefined {
  try {
    run(input);
  } catch (error) {
    if (!refusals.some((refusal) => error instanceof refusal))
      return error instanceof Error ? String(error.stack) : String(error);
    tally.refused++;
  }
  return undefined;
}

// Once more, and by the time of the processor: a machine that is busy with other things makes any input slow.
function isSlow(target: Target, input: Buffer): boolean {
  const begun = process.cpuUsage();
  tryInput(target, { refused: 0 }, input);
  return process.cpuUsage(begun).user / 1000 > longestMs;
}

interface Memory {
  readonly rssBytes: number;
  /** Objects and buffers that are still in use. */
  readonly heldBytes: number;
}

function readMemory(): Memory {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, heldBytes: heapUsed + external };
}

function report(of: {
  seed: number;
  tallies: ReadonlyMap<Target, Tally>;
  before: Memory;
  after: Memory;
  print: FuzzOptions['print'];
}): void {
  const { seed, tallies, before, after, print } = of;
  print(
    `${'decoder or parser'.padEnd(28)}${'inputs'.padStart(10)}${'refused'.padStart(10)}${'slowest'.padStart(12)}\n`,
  );
  let total = 0;
  let slowestMs = 0;
  for (const [{ name }, tally] of tallies) {
    total += tally.inputs;
    slowestMs = Math.max(slowestMs, tally.slowestMs);
    const numbers = [
      String(tally.inputs).padStart(10),
      String(tally.refused).padStart(10),
      `${tally.slowestMs.toFixed(1)} ms`.padStart(12),
    ];
    print(`${name.padEnd(28)}${numbers.join('')}\n`);
  }
  print(`${total} malformed inputs, seed ${seed}, slowest ${slowestMs.toFixed(1)} ms\n`);
  print(
    `memory held ${inMib(before.heldBytes)} before, ${inMib(after.heldBytes)} after; RSS ${inMib(before.rssBytes)} before, ${inMib(after.rssBytes)} after\n`,
  );
}

function inMib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
