// Labels of all that obs makes in an engine. They say whose it is: several machines, users and containers may share one
// engine, and the same path in two of them gives the same stack id.
import { readPlace, type SeenFrom } from '../../std/place.ts';
import { obsVersion } from '../../std/version.ts';

const prefix = 'worktree-obs';

export const labelNames = {
  stack: `${prefix}.stack`,
  worktree: `${prefix}.worktree`,
  user: `${prefix}.user`,
  machine: `${prefix}.machine`,
  mountNamespace: `${prefix}.mount-namespace`,
  /** loki, prometheus, tempo or grafana; missing on networks. */
  role: `${prefix}.role`,
  /** Digest of all that a container was made from, without its ports: an equal one can be used again. */
  recipe: `${prefix}.recipe`,
  version: `${prefix}.version`,
} as const;

export type Labels = Readonly<Record<string, string>>;

/** Who makes and may remove: this user, on this machine, seeing these mounts. */
export interface Maker extends SeenFrom {
  readonly user: string;
}

/** This very process as a maker. */
export function readMaker(): Maker {
  return { ...readPlace(), user: String(process.getuid?.() ?? 'user') };
}

/** The labels of everything that belongs to a stack. */
export function makeStackLabels(stack: { stackId: string; worktree: string }, maker: Maker): Labels {
  return {
    [labelNames.stack]: stack.stackId,
    [labelNames.worktree]: stack.worktree,
    [labelNames.user]: maker.user,
    [labelNames.machine]: maker.machine,
    [labelNames.mountNamespace]: maker.mountNamespace,
    [labelNames.version]: obsVersion,
  };
}

/** Whether labels were set by this maker; only then may obs judge and remove what bears them. */
export function isMadeBy(labels: Labels, maker: Maker): boolean {
  return (
    labels[labelNames.user] === maker.user &&
    labels[labelNames.machine] === maker.machine &&
    labels[labelNames.mountNamespace] === maker.mountNamespace
  );
}
