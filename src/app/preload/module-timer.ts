// How long each module took to load while the program starts, without what it loaded in turn. What obs itself does in
// between (fetching an instrumentation, patching a module) is counted under a name of its own.
import { relative } from 'node:path';

export interface SlowModule {
  readonly name: string;
  readonly selfMs: number;
}

/** What is known of a load beforehand; the file behind it is looked up for slow ones only. */
export interface ModuleRequest {
  readonly request: string;
  readonly isMain: boolean;
  /** Absolute path, or the name of a built-in module. */
  readonly findFile: () => string;
}

const ownName = 'obs instrumentation';
const restName = 'reading and evaluating ES modules';
const minimumMs = 1;
const shownModules = 10;
/** A program that goes on loading for long has told what is slow about its start. */
const maxModules = 2000;
const inPackages = 'node_modules/';

export class ModuleTimer {
  /** Time that the modules now being loaded spent in those they load, innermost last. */
  readonly #childMs: number[] = [];
  readonly #slow = new Map<string, number>();
  /** Time spent in loads that no other load caused, until now and until the last ES module had been evaluated. */
  #outermostMs = 0;
  #outermostMsAtMark = 0;
  /** When the last ES module had been evaluated, or the last one of all had been read. */
  #markMs = 0;
  #isOn = true;
  #ownDepth = 0;
  #mainLoadedMs: number | null = null;
  readonly #nowMs: () => number;

  /** @param nowMs a monotonic clock */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** When the main module had been evaluated; null where it is an ES module. */
  get mainLoadedMs(): number | null {
    return this.#mainLoadedMs;
  }

  /** Forgets what was timed so far: what the preload itself loaded is no time of the program's modules. */
  begin(): void {
    this.#slow.clear();
    this.#outermostMs = 0;
    this.#setMark();
  }

  /**
   * To be called before a load, `leave` with its answer after it: what runs a load for others is a frame more in the stack
   * of every error in it. Undefined if it is not timed; a load that work of obs itself causes is part of that work.
   */
  enter(): number | undefined {
    return this.#isOn && this.#ownDepth === 0 ? this.#begin() : undefined;
  }

  leave(beganAtMs: number | undefined, module: ModuleRequest): void {
    if (beganAtMs === undefined) return;
    const selfMs = this.#end(beganAtMs);
    if (module.isMain) this.#mainLoadedMs = this.#nowMs();
    if (selfMs >= minimumMs) this.#add(nameModule(module), selfMs);
  }

  /** Notes that something was read for an ES module: none is evaluated before all that it imports have been read. */
  markRead(): void {
    this.#setMark();
  }

  /** Notes that an ES module has just been evaluated; they are, one after the other, imported ones first. */
  markEvaluated(file: string): void {
    const others = this.#outermostMs - this.#outermostMsAtMark;
    const selfMs = this.#nowMs() - this.#markMs - others;
    if (this.#isOn && selfMs >= minimumMs) this.#add(nameFile(file), selfMs);
    this.#setMark();
  }

  /** Counts what of `elapsedMs` belongs to no module that was timed as time of the ES modules together. */
  addRest(elapsedMs: number): void {
    const timedMs = [...this.#slow.values()].reduce((sum, ms) => sum + ms, 0);
    const restMs = elapsedMs - Math.max(timedMs, this.#outermostMs);
    if (restMs >= minimumMs) this.#add(restName, restMs);
  }

  /** Runs work of obs itself. */
  timeOwn<T>(work: () => T): T {
    this.#ownDepth += 1;
    const beganAtMs = this.#begin();
    try {
      return work();
    } finally {
      this.#ownDepth -= 1;
      this.#add(ownName, this.#end(beganAtMs));
    }
  }

  /** The slowest so far; nothing is timed any more. */
  stop(): SlowModule[] {
    this.#isOn = false;
    return [...this.#slow]
      .map(([name, selfMs]) => ({ name, selfMs: Math.round(selfMs * 10) / 10 }))
      .sort((one, other) => other.selfMs - one.selfMs)
      .slice(0, shownModules);
  }

  #begin(): number {
    this.#childMs.push(0);
    return this.#nowMs();
  }

  /** The time since then that was not spent in what was begun meanwhile. */
  #end(beganAtMs: number): number {
    const totalMs = this.#nowMs() - beganAtMs;
    const childMs = this.#childMs.pop() ?? 0;
    const outer = this.#childMs.length - 1;
    if (outer >= 0) this.#childMs[outer] = (this.#childMs[outer] ?? 0) + totalMs;
    else this.#outermostMs += totalMs;
    return totalMs - childMs;
  }

  #setMark(): void {
    this.#markMs = this.#nowMs();
    this.#outermostMsAtMark = this.#outermostMs;
  }

  #add(name: string, selfMs: number): void {
    if (this.#slow.size < maxModules) this.#slow.set(name, (this.#slow.get(name) ?? 0) + selfMs);
  }
}

/** `express/lib/router.js` for a file of a package, else the path from where the program was started. */
function nameModule({ request, findFile }: ModuleRequest): string {
  let file: string;
  try {
    file = findFile();
  } catch {
    return request; // it could not be found, which took its time, too
  }
  return nameFile(file);
}

function nameFile(file: string): string {
  const at = file.lastIndexOf(inPackages);
  return at === -1 ? nameOwnFile(file) : file.slice(at + inPackages.length);
}

function nameOwnFile(file: string): string {
  return file.startsWith('/') ? relative(process.cwd(), file) : file;
}
