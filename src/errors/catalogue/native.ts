// The native runtime: executables and processes of the three servers.
import { entry } from '../entry.ts';

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');

export const nativeErrors = {
  OBS_NATIVE_MISSING: entry<{ missing: readonly { server: string; wanted: string; publishedAt: string }[] }>({
    exit: 4,
    what: (d) => `There is no program for ${d.missing.map(({ server }) => server).join(', ')}.`,
    why: (d) =>
      d.missing
        .map(
          (one) =>
            `${one.wanted} is not on PATH and obs.yaml (native.${one.server}) names no other; published at ${one.publishedAt}`,
        )
        .join('; '),
    fix: () => 'obs up --runtime embedded',
  }),
  OBS_SERVER_NOT_READY: entry<{
    server: string;
    program: string;
    awaited: string;
    waitedMs: number;
    state: string;
    log: string;
    lastLines: readonly string[];
  }>({
    exit: 4,
    what: (d) => `${d.server} (${d.program}) was not ready after ${d.waitedMs} ms: it ${d.state}`,
    why: (d) =>
      d.lastLines.length === 0
        ? `Awaited was ${d.awaited}; it wrote nothing to ${d.log}.`
        : `Awaited was ${d.awaited}; the last lines of ${d.log}:\n${indent(d.lastLines)}`,
    fix: () => 'obs up --runtime native --fresh',
  }),
  OBS_SERVER_STOPPED: entry<{ server: string; state: string; log: string; lastLines: readonly string[] }>({
    exit: 4,
    what: (d) => `${d.server} of this stack ${d.state}.`,
    why: (d) =>
      d.lastLines.length === 0
        ? `It wrote nothing to ${d.log}: it was ended from outside.`
        : `The last lines of ${d.log}:\n${indent(d.lastLines)}`,
    fix: () => 'obs down && obs up',
  }),
};
