// Time that this process has worked: unlike time on the wall, it does not pass while a busy machine lets the process wait.

/** CPU time of this process so far, milliseconds. */
export function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
