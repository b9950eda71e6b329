// Node's own fetch is not a module that is loaded; its requests are announced on a diagnostics channel.
import { channel } from 'node:diagnostics_channel';

/** Calls `load` when the first request of undici, and thereby of fetch, is announced, with the announcement. */
export function watchFetch(load: (announcement: unknown) => void): void {
  const created = channel('undici:request:create');
  const onFirst = (announcement: unknown): void => {
    created.unsubscribe(onFirst);
    load(announcement);
  };
  created.subscribe(onFirst);
}
