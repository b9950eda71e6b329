// Entry of the `obs` executable: binds the command line to this process. Sets process.exitCode and lets the process end
// by itself, since process.exit() loses output that is still on its way into a pipe.
import './quick-schemas.ts';
import { obsVersion } from '../../std/version.ts';
import { toolList } from '../../tools/list.ts';
import { Interruption } from '../../tools/tool.ts';
import { runCommandLine } from './command-line.ts';
import { faceVerbs } from './face-verbs.ts';

const controller = new AbortController();

for (const signalName of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signalName, () => {
    // A second Ctrl-C ends at once, without clean-up.
    if (controller.signal.aborted) process.exit(signalName === 'SIGINT' ? 130 : 143);
    controller.abort(new Interruption(signalName));
  });
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    controller.abort(new Interruption(null));
  });
}

// Node ends with 0 when a promise can no longer settle; a verb that ends so has not answered.
const idle = new Promise<never>((_, reject) => {
  process.once('beforeExit', () => reject(new Error('it ended before it had an answer')));
});

void runCommandLine({
  words: process.argv.slice(2),
  verbs: [...toolList, ...faceVerbs],
  version: obsVersion,
  platform: process.platform,
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  // Node opens it when it is first looked at, which most commands never do.
  get stdin() {
    return process.stdin;
  },
  signal: controller.signal,
  idle,
  nowMs: Date.now,
}).then((code) => {
  process.exitCode = code;
});
