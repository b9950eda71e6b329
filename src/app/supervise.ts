// One boot of one app from spawn to end: output, readiness, startup, metrics, record. The same code runs in the
// foreground (`obs run`) and in the supervisor that `--detach` leaves behind.
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { KeeperClient } from '../clients/keeper.ts';
import { LokiClient } from '../clients/loki.ts';
import { ObsError } from '../errors/obs-error.ts';
import type { RunRecord } from '../model/run.ts';
import { readOwnMark, readProcessMark } from '../std/process-identity.ts';
import { sleep } from '../std/sleep.ts';
import { writeEvidence } from './evidence.ts';
import { type AppFront, openAppFront } from './front/app-front.ts';
import { type Capture, type CapturedLine, captureOutput, type OutputStream } from './output/capture.ts';
import { LastLines } from './output/last-lines.ts';
import { LineContexts } from './output/line-contexts.ts';
import { type AppPlan, showCommand } from './plan.ts';
import { waitUntilGroupGone } from './process-tree/group.ts';
import { PortWatch } from './process-tree/listening.ts';
import { readUsage } from './process-tree/usage.ts';
import { UsageRecorder } from './process-tree/usage-recorder.ts';
import { describeCondition, type ReadyOutcome, waitForReady } from './readiness/wait.ts';
import { type AppInput, type SpawnedApp, spawnApp } from './spawn.ts';
import { SpoolReader } from './spool.ts';
import { type MachineWatch, watchMachine } from './startup/contention.ts';
import { makePhases } from './startup/phases.ts';
import type { Startup } from './startup/startup-span.ts';
import { type Turn, takeTurn } from './startup/turn.ts';
import { LogQueue } from './telemetry/log-queue.ts';
import { makeResource } from './telemetry/resource.ts';
import { SentLines } from './telemetry/sent-lines.ts';

export interface SuperviseOptions {
  readonly show: (chunk: Buffer, stream: OutputStream) => void;
  readonly input: AppInput;
  readonly nowMs: () => number;
  /** One line about what is being waited for. */
  readonly progress: (line: string) => void;
  /** Aborted while the app is being started: it is then ended. */
  readonly signal: AbortSignal;
}

/** An app that is ready, or that needs no readiness. */
export interface RunningApp {
  readonly plan: AppPlan;
  /** The record as it is now. */
  readonly record: () => RunRecord;
  /** How it became ready; null if it never did. The caller records it (startup-span.ts) when all apps have booted. */
  readonly startup: () => Startup | null;
  /** Ends the app as its plan says: its signal, then SIGKILL. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Passes a signal on to all of its processes. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Resolves when it has ended and its last telemetry was sent. */
  readonly ended: Promise<RunRecord>;
  /** Output records that the keeper did not take. */
  readonly lostLogs: () => number;
}

/** What the measured time of a boot may owe to others. */
interface BootCircumstances {
  readonly machine: MachineWatch;
  /** How long it waited for its turn. */
  readonly turnWaitMs: number;
}

const settleTimeoutMs = 3000;
/** A command that may never listen, such as a test run, must not keep others from booting. */
const optionalTurnMs = 5000;
const portLookMs = 20;
/** A program may listen before it has told about its start; the time to ready is taken by then. */
const insideWaitMs = 300;
/** When `obs doctor` gets to know what processes told about themselves after the app was ready. */
const lateLooksMs = [1000, 5000] as const;
/** What an app's pipes may stay open after its end: a grandchild that daemonized holds them. */
const drainTimeoutMs = 1000;
const drainLooks = 20;

/**
 * Boots an app and resolves when it is ready.
 * @throws OBS_COMMAND_NOT_FOUND, and OBS_APP_EXITED or OBS_APP_NOT_READY after having ended it
 */
export async function superviseApp(plan: AppPlan, options: SuperviseOptions): Promise<RunningApp> {
  const measured = plan.takesTurn && plan.ready.condition.kind !== 'exit' && plan.ready.condition.kind !== 'none';
  const turn = measured ? await waitForTurn(plan, options) : undefined;
  const release = setTimeout(() => turn?.end(), plan.readyIsRequired ? plan.ready.timeoutMs : optionalTurnMs);
  try {
    const supervised = new SupervisedApp(plan, options);
    return await supervised.boot(turn?.waitedMs ?? 0);
  } finally {
    clearTimeout(release);
    turn?.end();
  }
}

async function waitForTurn(plan: AppPlan, { signal, progress }: SuperviseOptions): Promise<Turn> {
  const notice = setTimeout(() => progress(`${plan.app} waits for its turn: another app is booting`), 500);
  try {
    return await takeTurn(plan.turnLock, signal);
  } finally {
    clearTimeout(notice);
  }
}

class SupervisedApp implements RunningApp {
  readonly plan: AppPlan;
  readonly #options: SuperviseOptions;
  readonly #keeper: KeeperClient;
  readonly #spool: SpoolReader;
  readonly #contexts: LineContexts;
  readonly #sentLines: SentLines;
  readonly #logs: LogQueue;
  readonly #lastLines = new LastLines();
  readonly #lineListeners = new Set<(line: CapturedLine) => void>();
  #record: RunRecord;
  #child: ChildProcess | undefined;
  #output: SpawnedApp['output'] | undefined;
  #usage: UsageRecorder | undefined;
  #front: AppFront | undefined;
  #lateLooks: readonly NodeJS.Timeout[] = [];
  #isStopping = false;
  /** Once it is being stopped: resolves when nothing of its group is left. */
  #groupEnd: Promise<void> | undefined;
  #startup: Startup | null = null;
  #outcome: ReadyOutcome['kind'] | null = null;
  #firstLineMs: number | null = null;
  #isFlowing = true;
  #spawnedAt = { monotonicMs: 0, epochMs: 0 };
  #exited: Promise<void> = Promise.resolve();
  ended: Promise<RunRecord>;

  constructor(plan: AppPlan, options: SuperviseOptions) {
    this.plan = plan;
    this.#options = options;
    this.#keeper = new KeeperClient({ url: plan.otlpHttp, token: plan.token });
    this.#spool = new SpoolReader(join(plan.runDir, 'spool'), plan.otlpHttp);
    this.#contexts = new LineContexts(this.#spool.folder);
    this.#sentLines = new SentLines({
      loki: new LokiClient(plan.loki),
      runId: plan.runId,
      nowMs: options.nowMs,
      exportDelayMs: Number(plan.env.OTEL_BLRP_SCHEDULE_DELAY) || 0,
    });
    if (plan.sendsLines) this.#sentLines.expect();
    this.#logs = new LogQueue({
      target: { otlpHttp: plan.otlpHttp, resource: makeResource(plan) },
      contexts: this.#contexts,
      sentLines: this.#sentLines,
      nowMs: options.nowMs,
      setFlowing: (flowing) => this.#setFlowing(flowing),
    });
    this.#record = makeFirstRecord(plan, options.nowMs());
    this.ended = Promise.resolve(this.#record);
  }

  readonly record = (): RunRecord => this.#record;
  readonly startup = (): Startup | null => this.#startup;
  readonly lostLogs = (): number => this.#logs.lost;

  readonly signal = (signal: NodeJS.Signals): void => {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#child?.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone.
    }
  };

  readonly stop = async (signal?: NodeJS.Signals): Promise<void> => {
    this.#isStopping = true;
    // The schema of obs.yaml admits only names of signals.
    this.signal(signal ?? (this.plan.stop.signal as NodeJS.Signals));
    this.#groupEnd ??= this.#waitForGroup();
    await this.#groupEnd;
    await this.#exited;
  };

  /** Whatever goes wrong on the way, the app does not stay behind. */
  async boot(turnWaitMs: number): Promise<this> {
    try {
      return await this.#boot(turnWaitMs);
    } catch (error) {
      if (this.#child !== undefined) await this.stop();
      await this.ended;
      throw error;
    }
  }

  async #boot(turnWaitMs: number): Promise<this> {
    const { child, output, spawnedAt } = await spawnApp(this.plan, this.#options);
    const machine = watchMachine();
    this.#spawnedAt = spawnedAt;
    this.#child = child;
    this.#output = output;
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    // spawnApp resolves after the child has a pid.
    const pid = child.pid as number;
    const captures = this.#capture(output);
    this.ended = this.#exited.then(() => this.#finish(captures));
    const ports = new PortWatch(pid);
    this.#usage = new UsageRecorder(this.plan, pid, this.#options.nowMs);
    await this.#update({ process: readProcessMark(pid) ?? null, startedAtMs: this.#spawnedAt.epochMs });
    const outcome = await this.#waitForReady(ports);
    this.#outcome = outcome.kind;
    if (outcome.kind === 'ready') await this.#becomeReady(ports, { machine, turnWaitMs });
    this.#writeEvidence();
    this.#lateLooks = lateLooksMs.map((ms) => setTimeout(() => this.#writeEvidence(), ms).unref());
    if (outcome.kind !== 'ready') await this.#missReady(outcome);
    return this;
  }

  #capture(output: SpawnedApp['output']): Capture[] {
    return (['stdout', 'stderr'] as const).map((stream) =>
      captureOutput(output[stream], stream, {
        nowMs: this.#options.nowMs,
        show: this.#options.show,
        onLine: (line) => {
          this.#firstLineMs ??= performance.now() - this.#spawnedAt.monotonicMs;
          this.#lastLines.push(line.text);
          for (const listener of this.#lineListeners) listener(line);
        },
        onRecord: (record) => this.#logs.push(record),
      }),
    );
  }

  async #waitForReady(ports: PortWatch): Promise<ReadyOutcome> {
    // Checks that look at lines only do not look for ports.
    const looking = setInterval(() => ports.read(), portLookMs);
    const outcome = waitForReady(this.plan, {
      ports: this.plan.ports,
      readPorts: () => ports.read(),
      onLine: (listener) => {
        this.#lineListeners.add(listener);
        return () => this.#lineListeners.delete(listener);
      },
      exited: this.#exited,
      exitCode: () => this.#child?.exitCode ?? null,
      signal: this.#options.signal,
    });
    return outcome.finally(() => clearInterval(looking));
  }

  async #becomeReady(ports: PortWatch, { machine, turnWaitMs }: BootCircumstances): Promise<void> {
    const readyAtMs = this.plan.ready.condition.kind === 'first-port' ? ports.firstSeenMs : null;
    const readyMs = (readyAtMs ?? performance.now()) - this.#spawnedAt.monotonicMs;
    // `spawnApp` resolved, so there is a pid.
    const ownCpuMs = readUsage(this.#child?.pid as number)?.cpuMs ?? 0;
    const othersCpuRatio = machine.readOthersRatio(ownCpuMs);
    const seen = ports.read();
    const portOpenMs = ports.firstSeenMs === null ? null : ports.firstSeenMs - this.#spawnedAt.monotonicMs;
    await this.#spool.waitForStartup(insideWaitMs);
    const phases = makePhases({
      spawnedAtMs: this.#spawnedAt.epochMs,
      firstLineMs: this.#firstLineMs,
      portOpenMs,
      readyMs,
      inside: this.#spool.readStartups().at(-1) ?? null,
    });
    const known = new Set(Object.values(this.plan.ports));
    const found = seen.filter((port) => !known.has(port)).map((port) => [String(port), port] as const);
    this.#front = await openAppFront(this.plan, Object.values(this.plan.ports)[0] ?? seen[0], this.#options);
    await this.#update({
      state: this.#record.endedAtMs === null ? 'ready' : this.#record.state,
      readyAtMs: this.#spawnedAt.epochMs + readyMs,
      startupMs: readyMs,
      phases,
      ports: { ...this.plan.ports, ...Object.fromEntries(found), ...this.#front?.ports },
    });
    await this.#registerScrape(seen[0]);
    this.#startup = { spawnedAtMs: this.#spawnedAt.epochMs, startupMs: readyMs, phases, turnWaitMs, othersCpuRatio };
  }

  async #missReady(outcome: Exclude<ReadyOutcome, { kind: 'ready' }>): Promise<void> {
    const { app, ready, readyIsRequired, command } = this.plan;
    if (!readyIsRequired) return;
    if (outcome.kind === 'timeout') await this.stop();
    await this.ended;
    const lastLines = this.#lastLines.get();
    if (outcome.kind === 'timeout') {
      const waitedFor = describeCondition(ready.condition);
      throw new ObsError('OBS_APP_NOT_READY', { app, waitedFor, waitedMs: outcome.waitedMs, lastLines });
    }
    throw new ObsError('OBS_APP_EXITED', {
      app,
      code: this.#record.exitCode,
      signal: this.#record.signal,
      afterMs: (this.#record.endedAtMs ?? this.#spawnedAt.epochMs) - this.#spawnedAt.epochMs,
      lastLines,
      command: showCommand(command),
    });
  }

  async #registerScrape(seenPort: number | undefined): Promise<void> {
    const { metricsPage, ports, runId, service } = this.plan;
    if (metricsPage === null) return;
    const port = Object.values(ports)[0] ?? seenPort;
    const url = /^https?:/.test(metricsPage) ? metricsPage : `http://127.0.0.1:${port}${metricsPage}`;
    const target = { url, intervalMs: 1000, job: service, instance: new URL(url).host };
    await this.#keeper.putScrape(runId, target).catch(ignore);
  }

  async #finish(captures: readonly Capture[]): Promise<RunRecord> {
    await this.#groupEnd;
    await Promise.race([Promise.all(captures.map(({ done }) => done)), this.#untilDrained(captures)]);
    for (const timer of this.#lateLooks) clearTimeout(timer);
    this.#front?.close();
    await this.#usage?.end();
    if (this.plan.metricsPage !== null) await this.#keeper.deleteScrape(this.plan.runId).catch(ignore);
    this.#logs.pushCrashes(this.#spool.readCrashes());
    if (this.#sentLines.holdMs > 0) await this.#sentLines.refresh();
    this.#sentLines.stop();
    await this.#logs.flush();
    this.#writeEvidence();
    await this.#spool.sendSpans();
    this.#contexts.close();
    this.#spool.remove();
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    await this.#update({
      state: this.#chooseEndState(exitCode),
      endedAtMs: this.#options.nowMs(),
      exitCode,
      signal: signalCode,
    });
    await this.#keeper.settle(settleTimeoutMs).catch(ignore);
    return this.#record;
  }

  /** What a dead app left in its pipes is read by then; time in which reading had to wait does not count. */
  async #untilDrained(captures: readonly Capture[]): Promise<void> {
    const hadToWait = (): boolean => !this.#isFlowing || captures.some(({ isBehind }) => isBehind());
    for (let looks = 0; looks < drainLooks; looks += hadToWait() ? 0 : 1) await sleep(drainTimeoutMs / drainLooks);
  }

  #chooseEndState(exitCode: number | null): RunRecord['state'] {
    // Its end is its being ready, and is recorded as such at the same time.
    const endedReady = this.plan.ready.condition.kind === 'exit' && exitCode === 0;
    const missedReady = this.#record.readyAtMs === null && this.plan.readyIsRequired && !endedReady;
    if (missedReady && !this.#options.signal.aborted) return 'failed';
    if (this.#isStopping) return 'stopped';
    return exitCode === 0 ? 'exited' : 'failed';
  }

  async #update(change: Partial<RunRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    // A keeper that is gone must not take the app with it; the next verb says so.
    await this.#keeper.putRun(this.#record).catch(ignore);
  }

  #writeEvidence(): void {
    writeEvidence(this.plan, {
      outcome: this.#outcome,
      waitedFor: describeCondition(this.plan.ready.condition),
      startups: [...this.#spool.readStartups()],
      lastLines: this.#lastLines.get(),
    });
  }

  #setFlowing(flowing: boolean): void {
    this.#isFlowing = flowing;
    for (const source of [this.#output?.stdout, this.#output?.stderr]) {
      if (flowing) source?.resume();
      else source?.pause();
    }
  }

  /** All of the group gets its time, also when the leader has ended: it may only have started the app. */
  async #waitForGroup(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined || (await waitUntilGroupGone(pid, this.plan.stop.timeoutMs))) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nothing is left.
    }
  }
}

function makeFirstRecord(plan: AppPlan, nowMs: number): RunRecord {
  return {
    runId: plan.runId,
    app: plan.app,
    service: plan.service,
    command: showCommand(plan.command),
    cwd: plan.cwd,
    state: 'starting',
    detached: plan.detached,
    process: null,
    supervisor: readOwnMark(),
    startedAtMs: nowMs,
    readyAtMs: null,
    startupMs: null,
    phases: [],
    endedAtMs: null,
    exitCode: null,
    signal: null,
    ports: plan.ports,
    branch: plan.identity.branch,
    commit: plan.identity.commit,
  };
}

function ignore(): void {
  // The keeper is gone, or going.
}
