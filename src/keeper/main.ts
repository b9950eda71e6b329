// The resident process of a stack: `node keeper.js --stack-dir DIR [--memory-only]`. Reads all else from DIR/state.json.
import { ObsError } from '../errors/obs-error.ts';
import { Keeper, whenSignalled } from './keeper.ts';
import { makeLog } from './log.ts';

const log = makeLog(Date.now);
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

dropTelemetryEnvironment();
// A fault in one request or library must not take the stack and its data with it; what was under way has failed already.
process.on('uncaughtException', (error) => log('error', 'uncaught', { error: error.stack ?? String(error) }));
run().catch((error: unknown) => {
  const known = error instanceof ObsError;
  log('error', 'the keeper could not start', known ? { error: error.toDocument() } : { error: String(error) });
  process.exitCode = known ? error.exit : 4;
});

async function run(): Promise<void> {
  const starting = Keeper.start({
    ...readArguments(process.argv.slice(2)),
    nowMs: Date.now,
    log,
    // Everything is written by then; what is left are timers and sockets of clients that do not let go.
    onEnd: () => process.exit(0),
  });
  // From the first moment on: one that is ended while it starts ends as cleanly as any other.
  for (const signal of signals)
    process.once(signal, () =>
      starting.then(
        (keeper) => keeper.end(signal, whenSignalled),
        () => undefined, // reported above
      ),
    );
  await starting;
}

// `--memory-only` is for benchmarks, which measure with it what the write-ahead log costs.
function readArguments(argv: readonly string[]): { stackDir: string; isMemoryOnly: boolean } {
  const [flag, dir, mode, ...rest] = argv;
  const isKnown = mode === undefined || mode === '--memory-only';
  if (flag === '--stack-dir' && dir !== undefined && isKnown && rest.length === 0)
    return { stackDir: dir, isMemoryOnly: mode !== undefined };
  throw new ObsError('OBS_KEEPER_USAGE', { given: argv.join(' ') });
}

// Inherited settings would make libraries in this process send telemetry to it.
function dropTelemetryEnvironment(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
}
