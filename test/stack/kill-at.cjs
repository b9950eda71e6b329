// Preloaded into the `obs` under test: counts the calls that change something outside of the process, and sends the process
// OBS_TEST_SIGNAL (default SIGKILL) just before call number OBS_TEST_KILL_AT. With OBS_TEST_COUNT_TO it writes which there were.
const fs = require('node:fs');
const childProcess = require('node:child_process');
const net = require('node:net');

const killAt = Number(process.env.OBS_TEST_KILL_AT ?? Number.NaN);
const countTo = process.env.OBS_TEST_COUNT_TO;
const { writeFileSync } = fs;
const steps = [];

function step(name) {
  if (steps.length === killAt) process.kill(process.pid, process.env.OBS_TEST_SIGNAL ?? 'SIGKILL');
  steps.push(name);
}

function count(object, name) {
  const original = object[name];
  object[name] = function (...args) {
    step(name);
    return original.apply(this, args);
  };
}

for (const name of ['mkdirSync', 'writeFileSync', 'linkSync', 'renameSync', 'rmSync', 'openSync']) count(fs, name);
count(childProcess, 'spawn');
count(net.Socket.prototype, 'connect');
require('node:module').syncBuiltinESMExports();

if (countTo !== undefined) process.on('exit', () => writeFileSync(countTo, JSON.stringify(steps)));
