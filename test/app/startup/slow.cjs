// A module that takes its time.
globalThis.ownClock.busy();
