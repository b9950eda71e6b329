// Stands in for `performance` in the core, which keeps it when it is evaluated: Node makes it with the first span only.

export const latePerformance = {
  now: () => globalThis.performance.now(),
  get timeOrigin() {
    return globalThis.performance.timeOrigin;
  },
};
