// What came from whom, and what was refused: so that `doctor` and "no data" can say whether an app sent anything.

import type { Arrival, Arrivals, Refusal } from '../../model/keeper-api.ts';
import type { Signal } from '../../wire/otlp/request.ts';
import type { ArrivalCount, Incoming } from '../ingest/ingest.ts';
import { countRecords } from '../ingest/otlp/count.ts';
import { sourceOf } from '../source-of.ts';

const maxSources = 1000;
const maxRefusals = 100;

type Counted = { -readonly [K in keyof Arrival]: Arrival[K] };

export class ArrivalLog {
  private readonly nowMs: () => number;
  private readonly sources = new Map<string, Counted>();
  private readonly refusals: Refusal[] = [];

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Counts the records of an accepted export by signal, service, run and protocol. */
  count<S extends Signal>({ signal, request, protocol }: Incoming<S>): void {
    for (const group of request) {
      const records = countRecords(signal, group);
      this.add({ signal, ...sourceOf(group.resource), protocol, records });
    }
  }

  /** Notes a refused request; only the latest are kept. */
  refuse(refusal: Omit<Refusal, 'atMs'>): void {
    this.refusals.push({ atMs: this.nowMs(), ...refusal });
    if (this.refusals.length > maxRefusals) this.refusals.shift();
  }

  list(): Arrivals {
    return { arrivals: [...this.sources.values()], refusals: [...this.refusals] };
  }

  /** Counts what came from one source. */
  add(of: ArrivalCount): void {
    const key = `${of.signal}\0${of.service}\0${of.runId}\0${of.protocol}`;
    const now = this.nowMs();
    const known = this.sources.get(key);
    if (known !== undefined) {
      known.records += of.records;
      known.lastAtMs = now;
      return;
    }
    if (this.sources.size >= maxSources) this.sources.delete(this.sources.keys().next().value ?? '');
    this.sources.set(key, { ...of, firstAtMs: now, lastAtMs: now });
  }
}
