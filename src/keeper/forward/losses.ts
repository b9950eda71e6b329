// What did not get through, counted and told: records that a server refused, and those that found no room.
import { countOf } from '../../std/plural.ts';
import type { Destination } from './destination.ts';
import { recordNames } from './parcel.ts';

/** A loss is told of this long after the last one of its kind. */
const tellForMs = 10 * 60_000;

interface Loss {
  records: number;
  reason: string;
  lastAtMs: number;
}

export class Losses {
  private readonly noun: string;
  private readonly name: string;
  private readonly nowMs: () => number;
  private refused: Loss | undefined;
  private turnedAway: Loss | undefined;

  constructor({ name, signal }: Pick<Destination, 'name' | 'signal'>, nowMs: () => number) {
    this.name = name;
    this.noun = recordNames[signal];
    this.nowMs = nowMs;
  }

  /** The server refused records for good. */
  refuse(records: number, reason: string): void {
    this.refused = this.add(this.refused, records, reason);
  }

  /** There was no room for records; their sender was told to come again. */
  turnAway(records: number, reason: string): void {
    this.turnedAway = this.add(this.turnedAway, records, reason);
  }

  /** A line for each kind of loss. */
  list(): string[] {
    const { refused, turnedAway } = this;
    return [
      ...(this.isRecent(refused) ? [`${this.count(refused)} dropped: ${this.name} refused: ${refused.reason}`] : []),
      ...(this.isRecent(turnedAway) ? [`${this.count(turnedAway)} not taken: ${turnedAway.reason}`] : []),
    ];
  }

  private add(before: Loss | undefined, records: number, reason: string): Loss {
    return { records: (before?.records ?? 0) + records, reason, lastAtMs: this.nowMs() };
  }

  private count({ records }: Loss): string {
    return countOf(records, this.noun);
  }

  private isRecent(loss: Loss | undefined): loss is Loss {
    return loss !== undefined && this.nowMs() - loss.lastAtMs < tellForMs;
  }
}
