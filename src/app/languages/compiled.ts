// Go, Rust and other compiled code: nothing can be put into it from outside, but an SDK in it finds its way.
import type { Language, Launch } from './language.ts';
import { readStart } from './launch.ts';

const programs = /^(?:go|cargo|zig|swift)$/;
/** First bytes of executables: ELF, and Mach-O in its three forms. */
const magic = /^(?:\x7fELF|\xcf\xfa\xed\xfe|\xce\xfa\xed\xfe|\xca\xfe\xba\xbe)/;

export const compiled: Language = {
  name: 'compiled',
  matches: (launch) => programs.test(launch.program) || isMachineCode(launch),
  instrument: async () => ({
    language: 'compiled',
    how: 'environment only: nothing can be loaded into compiled code, so an OpenTelemetry SDK must be built in; its exporter finds this stack over HTTP and over gRPC',
    env: {},
    missing: null,
  }),
};

function isMachineCode({ file, cwd }: Launch): boolean {
  // What the system brings along is not what anyone wrote here.
  return file?.startsWith(cwd) === true && magic.test(readStart(file));
}
