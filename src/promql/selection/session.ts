// What all parts of one evaluation share: the source, the settings, the annotations, and the limits.
import { QueryError } from '../../errors/query-error.ts';
import type { Annotations } from '../annotations.ts';
import type { Expr } from '../ast.ts';
import type { Matcher } from '../matcher.ts';
import type { MetricsSource, SeriesSamples, TimeRange } from '../source.ts';
import type { Grid, Value } from '../values.ts';

export interface Settings {
  /** How far back an instant selector looks for a sample. */
  readonly lookbackMs: number;
  /** Resolution of subqueries that name none. */
  readonly defaultStepMs: number;
  /** More samples than this in one query is an error. */
  readonly maxSamples: number;
  /**
   * Called often in long loops: returns a promise when it is time to let others run, throws when the query is cancelled
   * or out of time.
   */
  readonly pause: () => Promise<void> | undefined;
}

/** A query needs more samples than it may. */
export class TooManySamples extends QueryError {}

export class Session {
  readonly source: MetricsSource;
  readonly settings: Settings;
  readonly annotations: Annotations;
  #samples = 0;

  constructor(source: MetricsSource, settings: Settings, annotations: Annotations) {
    this.source = source;
    this.settings = settings;
    this.annotations = annotations;
  }

  /** Samples read and made so far. */
  get samples(): number {
    return this.#samples;
  }

  async select(matchers: readonly Matcher[], range: TimeRange): Promise<readonly SeriesSamples[]> {
    const found = await this.source.select(matchers, range);
    for (const series of found) this.charge(series.times.length);
    return found;
  }

  /** Counts samples against the limit. @throws QueryError beyond it */
  charge(samples: number): void {
    this.expect(samples);
    this.#samples += samples;
  }

  /** Refuses a step of work before it takes its memory. @throws QueryError if it would pass the limit */
  expect(samples: number): void {
    if (this.#samples + samples <= this.settings.maxSamples) return;
    throw new TooManySamples({
      language: 'promql',
      kind: 'execution',
      message: `the query needs more than ${this.settings.maxSamples} samples; ask for a shorter range, a larger step or fewer series`,
      serverText: 'query processing would load too many samples into memory in query execution',
      httpStatus: 422,
      errorType: 'execution',
    });
  }
}

/** An evaluation on one grid: what operators and functions get to evaluate their operands with. */
export interface Scope {
  readonly session: Session;
  readonly grid: Grid;
  readonly evaluate: (expr: Expr) => Promise<Value>;
  /** The same session on another grid. */
  readonly on: (grid: Grid) => Scope;
}

/** The time of a step, in milliseconds. */
export function stepTime(grid: Grid, step: number): number {
  return grid.startMs + step * grid.stepMs;
}
