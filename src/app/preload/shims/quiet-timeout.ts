// setTimeout for the exporter chunk: its timers do not keep the app's process alive.

export function quietTimeout(callback: () => void, delayMs?: number): NodeJS.Timeout {
  return globalThis.setTimeout(callback, delayMs).unref();
}
