// The token of apps in containers (`up --listen docker`): it lets telemetry in and does nothing else, so that their
// environment never holds the token that stops the stack.
import { createHash } from 'node:crypto';

/** The guest token that belongs to the token of a state file, from which it cannot be led back. */
export function makeGuestToken(token: string): string {
  return createHash('sha256').update(`guest of ${token}`).digest('hex').slice(0, 32);
}
