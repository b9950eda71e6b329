// What a server says when it refuses the stack's credentials. Some repeat what they were given, so nothing of their text goes
// on: not to who asked, not into the status, not into a log.

/** What is said instead; undefined for every other status. */
export function describeDenial(name: string, status: number | undefined): string | undefined {
  if (status !== 401 && status !== 403) return undefined;
  return `${name} refuses the credentials or the tenant of this stack (${status}); obs up checks them anew`;
}
