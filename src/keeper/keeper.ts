// The life of a keeper: bind, replay, ready; and its end, which writes everything and closes everything.
// Everything from outside (clock, folder, log, the way to end the process) is a parameter.
import { rmSync } from 'node:fs';
import type { KeeperStatus } from '../model/keeper-api.ts';
import { endProcess } from '../std/end-process.ts';
import { obsVersion } from '../std/version.ts';
import { makeControlRoutes } from './control/routes.ts';
import { endServers } from './end-servers.ts';
import type { GuestDoor } from './guests/guest-door.ts';
import { watchWorktree } from './lease/worktree-watch.ts';
import { bindAll, closeAll } from './listeners.ts';
import { makeParts, type Parts, type PartsOptions } from './parts.ts';
import { makeGuestDoor, makeServers } from './servers.ts';
import { watchState } from './state/state-watch.ts';

export interface KeeperOptions extends PartsOptions {
  /** Called when the keeper has ended: everything is closed and written. */
  readonly onEnd: (reason: string) => void;
}

const lostState = 'the state file is gone, or tells of another start';
const pruneEveryMs = 5_000;
/** What a supervisor of an app gets to end it and to send its last telemetry. */
const appGraceMs = 5_000;

interface EndOptions {
  /** End the apps of the stack first: nobody else will. */
  readonly apps: 'end' | 'leave';
  /** End the servers behind this keeper, too: nobody else will. */
  readonly servers: 'end' | 'leave';
  readonly data: 'keep' | 'remove';
}

/** Whoever asks the keeper to stop ends the rest of the stack. */
const whenAsked: EndOptions = { apps: 'leave', servers: 'leave', data: 'keep' };
/** The sender of a signal is nobody who would. */
export const whenSignalled: EndOptions = { ...whenAsked, servers: 'end' };

export class Keeper {
  private readonly options: KeeperOptions;
  private readonly parts: Parts;
  private readonly servers: ReturnType<typeof makeServers>;
  private readonly guests: GuestDoor;
  private readonly startedAtMs: number;
  private readonly cleanups: (() => void)[] = [];
  private ready = false;
  private ending: Promise<void> | undefined;

  /** Starts a keeper on the folder of its stack. @throws ObsError when state or ports cannot be had. */
  static async start(options: KeeperOptions): Promise<Keeper> {
    const keeper = new Keeper(options, await makeParts(options));
    await bindAll(keeper.servers, keeper.parts.file.state.basePort);
    await keeper.begin();
    return keeper;
  }

  private constructor(options: KeeperOptions, parts: Parts) {
    this.options = options;
    this.startedAtMs = options.nowMs();
    this.parts = parts;
    const control = makeControlRoutes({
      ...this.parts,
      readStatus: () => this.readStatus(),
      stop: (reason) => void this.end(reason),
      letGuestsIn: (address) => this.letGuestsIn(address),
    });
    const notReady = () => (this.ready ? undefined : 'the keeper is reading its write-ahead log');
    this.servers = makeServers({ parts, control, notReady });
    this.guests = makeGuestDoor({ parts, notReady });
  }

  /** Ends it: ports closed, data written, state `stopped`. A second call waits for the first. */
  end(reason: string, how = whenAsked): Promise<void> {
    this.ending ??= this.endOnce(reason, how);
    return this.ending;
  }

  private async begin(): Promise<void> {
    const { file, lease, mark, log, replay, sink } = this.parts;
    const replayedRecords = await replay();
    if (!file.isOwn()) return this.end(lostState);
    // The starter stays until its probe has come back (POST /obs/ready), so that others who wait know whom they wait for.
    file.update({ state: 'ready', keeper: mark, readyMs: null, obsVersion, lease: lease.current });
    this.ready = true;
    const { worktree, worktreeBirth, stackId, basePort, dockerListen } = file.state;
    lease.watch(() => void this.end('the lease ran out', { apps: 'end', servers: 'end', data: 'keep' }));
    const onGone = () => void this.end('the worktree is gone', { apps: 'end', servers: 'end', data: 'remove' });
    const timer = setInterval(() => sink.prune(this.options.nowMs()), pruneEveryMs).unref();
    this.cleanups.push(
      watchWorktree(worktree, worktreeBirth, onGone),
      watchState(file, () => void this.end(lostState)),
      () => clearInterval(timer),
    );
    // An engine that is not there any more is no reason to refuse the apps on this machine.
    if (dockerListen !== null) {
      await this.letGuestsIn(dockerListen).catch((error) =>
        log('warn', 'containers are not heard', { error: String(error) }),
      );
    }
    log('info', 'ready', { stack: stackId, pid: mark.pid, basePort, replayedRecords });
  }

  private async letGuestsIn(address: string): Promise<void> {
    await this.guests.listenOn(address);
    this.parts.file.update({ dockerListen: address });
  }

  private readStatus(): KeeperStatus {
    const { file, mark, lease, sink } = this.parts;
    const warnings = [...sink.warnings(), ...(file.trouble === undefined ? [] : [file.trouble])];
    return {
      state: file.state.state === 'ready' && warnings.length > 0 ? 'degraded' : file.state.state,
      pid: mark.pid,
      rssBytes: process.memoryUsage.rss(),
      uptimeMs: this.options.nowMs() - this.startedAtMs,
      lease: lease.current,
      usage: sink.usage(),
      apps: file.state.runs,
      warnings,
    };
  }

  private async endOnce(reason: string, { apps, servers, data }: EndOptions): Promise<void> {
    const { file, lease, scraper, sink, log } = this.parts;
    log('info', 'ending', { reason });
    if (data === 'keep' && file.isOwn()) file.update({ state: 'stopping' });
    for (const cleanup of this.cleanups) cleanup();
    lease.stop();
    scraper.stop();
    if (apps === 'end') await this.endApps();
    await closeAll([...Object.values(this.servers), ...this.guests.ports]);
    await sink.close();
    // What another start has made its own is not this keeper's to end or to write.
    if (file.isOwn()) await this.leaveFolder({ servers, data });
    else log('warn', lostState);
    this.options.onEnd(reason);
  }

  private async leaveFolder({ servers, data }: Pick<EndOptions, 'servers' | 'data'>): Promise<void> {
    const { file, log } = this.parts;
    const { stackDir } = this.options;
    if (servers === 'end' && file.state.backend !== null) {
      await endServers(stackDir, data === 'keep' ? 'sleep' : 'flush', log);
    }
    if (data === 'keep') file.update({ state: 'stopped', keeper: null });
    else rmSync(stackDir, { recursive: true, force: true });
  }

  // An app is ended through the `obs run` that supervises it, which knows how, and sends what the app still had to say.
  private async endApps(): Promise<void> {
    const running = this.parts.file.state.runs.filter((run) => run.endedAtMs === null);
    await Promise.all(running.map((run) => endProcess(run.supervisor, { graceMs: appGraceMs })));
  }
}
