// From where this process sees the file system: the machine, and the mount namespace in it (containers and sandboxes have
// their own). A path that is missing here may well exist in another place.
import { createHash } from 'node:crypto';
import { readLinkIfThere, readTextIfThere } from './read-if-there.ts';

/** The same shape as in the state file (`model/stack-state.ts`), which this shelf may not import. */
export interface SeenFrom {
  /** A digest; equal on one machine. Where a machine has no id, the digest of nothing. */
  readonly machine: string;
  /** Empty where the system has no such thing. */
  readonly mountNamespace: string;
}

/** The place of this very process. */
export function readPlace(): SeenFrom {
  return { machine: readMachine(), mountNamespace: readLinkIfThere('/proc/self/ns/mnt') ?? '' };
}

/** Whether what was recorded at a place can be judged from here; null is the record of a version that kept none. */
export function isHere(place: SeenFrom | null, here: SeenFrom): boolean {
  return place === null || (place.machine === here.machine && place.mountNamespace === here.mountNamespace);
}

// systemd asks not to show the id itself: https://www.freedesktop.org/software/systemd/man/machine-id.html
function readMachine(): string {
  const id = (readTextIfThere('/etc/machine-id') || readTextIfThere('/var/lib/dbus/machine-id') || '').trim();
  return createHash('sha256').update(`worktree-obs ${id}`).digest('hex').slice(0, 16);
}
