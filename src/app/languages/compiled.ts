// Go, Rust and other compiled code: nothing can be put into it from outside, but an SDK in it finds its way.
import type { Language, Launch } from './language.ts';
import { readStart } from './launch.ts';
import { listMatching } from './log-sdk.ts';

const programs = /^(?:go|cargo|zig|swift)$/;
/** What `go` and `cargo` build is known by these beforehand. */
const packageLists = /^(?:go\.mod|Cargo\.lock)$/;
/** First bytes of executables: ELF, and Mach-O in its three forms. */
const magic = /^(?:\x7fELF|\xcf\xfa\xed\xfe|\xce\xfa\xed\xfe|\xca\xfe\xba\xbe)/;

export const compiled: Language = {
  name: 'compiled',
  matches: (launch) => programs.test(launch.program) || isOwnCode(launch),
  instrument: async () => ({
    language: 'compiled',
    how: 'environment only: nothing can be loaded into compiled code, so an OpenTelemetry SDK must be built in; its exporter finds this stack over HTTP and over gRPC',
    env: {},
    missing: null,
  }),
  listCode: async ({ program, cwd, file }) =>
    programs.test(program) ? listMatching(cwd, packageLists) : isMachineCode(file) ? [file] : [],
};

// What the system brings along is not what anyone wrote here.
function isOwnCode({ file, cwd }: Launch): boolean {
  return isMachineCode(file) && file.startsWith(cwd);
}

function isMachineCode(file: string | undefined): file is string {
  return file !== undefined && magic.test(readStart(file));
}
