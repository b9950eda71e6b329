// Labels of all that obs makes in an engine. They say whose it is: several machines, users and containers may share one
// engine, and the same path in two of them gives the same stack id.
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
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
export interface Maker {
  readonly user: string;
  readonly machine: string;
  /** Empty where the system has none. */
  readonly mountNamespace: string;
}

/** This very process as a maker. */
export function readMaker(): Maker {
  return {
    user: String(process.getuid?.() ?? 'user'),
    machine: readMachine(),
    mountNamespace: readLink('/proc/self/ns/mnt'),
  };
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

// systemd asks not to show the machine id itself: https://www.freedesktop.org/software/systemd/man/machine-id.html
// Where there is none, host and boot are not told apart, and user and mount namespace have to do.
function readMachine(): string {
  const id = readText('/etc/machine-id') || readText('/var/lib/dbus/machine-id');
  return createHash('sha256').update(`${prefix} ${id}`).digest('hex').slice(0, 16);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
