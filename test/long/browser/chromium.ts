// A real Chromium without a window. It is told to ask nothing of its maker's servers, and which names lead to this machine.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const candidates = [
  process.env.OBS_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
export const executablePath = candidates.find((file) => file !== undefined && existsSync(file));

const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/** Starts it; every name below `.example` is this machine. */
export function startChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('no Chromium is installed');
  const args = [...quiet, '--disable-gpu', '--host-resolver-rules=MAP *.example 127.0.0.1'];
  // Chromium's own sandbox wants rights that a container does not have.
  return chromium.launch({ executablePath, chromiumSandbox: false, args });
}
