// Loaded before the preload of obs: delays the runtime, and then the preload itself in the first thing that it asks of Node.
// Writes down when it was done, on the process's own clock.
const Module = require('node:module');
const { basename } = require('node:path');

const delayMs = Number(process.env.DELAY_MS);
const now = () => performance.timeOrigin + performance.now();
const busy = () => {
  for (const endMs = now() + delayMs; now() < endMs; );
};

const plainCreateRequire = Module.createRequire;
Module.createRequire = (file) => {
  if (basename(String(file)) === 'entry.cjs') {
    Module.createRequire = plainCreateRequire;
    busy();
  }
  return plainCreateRequire(file);
};

globalThis.stamps = { spawn: performance.timeOrigin };
globalThis.ownClock = { now, busy, delayMs };
busy();
globalThis.stamps.runtime = now();
