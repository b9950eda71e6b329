// Finds the plan for a record by the numbers of its names, one after the other: a tree of shapes for each scope.
import { type MetadataPlan, type PlanContext, planMetadata } from './metadata-plan.ts';

/** Shapes of one scope beyond this many are not planned; hostile senders make up names. */
const maxShapes = 2048;

export interface Shape {
  readonly names: readonly string[];
  readonly next: Map<number, Shape>;
  plan: MetadataPlan | undefined;
}

export class RecordShapes {
  readonly root: Shape = { names: [], next: new Map(), plan: undefined };
  readonly #context: PlanContext;
  #count = 1;

  constructor(context: PlanContext) {
    this.#context = context;
  }

  /** The shape with one name more; undefined: there are too many. */
  extend(shape: Shape, nameId: number, name: string): Shape | undefined {
    if (this.#count >= maxShapes || nameId === 0) return undefined;
    this.#count++;
    const made: Shape = { names: [...shape.names, name], next: new Map(), plan: undefined };
    shape.next.set(nameId, made);
    return made;
  }

  planOf(shape: Shape): MetadataPlan {
    shape.plan ??= planMetadata(shape.names, this.#context);
    return shape.plan;
  }
}
