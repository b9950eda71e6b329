// Loaded right after the preload of obs.
globalThis.stamps.preload = globalThis.ownClock.now();
