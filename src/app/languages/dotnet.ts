// .NET: the official automatic instrumentation, where it is installed.
// https://opentelemetry.io/docs/zero-code/dotnet/configuration/
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { appendOption, type Instrumentation, type Language, type Launch, lacking } from './language.ts';
import { listMatching } from './log-sdk.ts';

const profilerId = '{918728DD-259F-4A6A-AC2B-B85E1B658318}';
const installScript =
  'https://github.com/open-telemetry/opentelemetry-dotnet-instrumentation/releases/latest/download/otel-dotnet-auto-install.sh';

const assembly = /\.dll$/;
/** Files of a project that name its packages. */
const packageLists = /\.(?:csproj|fsproj)$|^Directory\.Packages\.props$/;

export const dotnet: Language = {
  name: 'dotnet',
  matches: ({ program, args }) => program === 'dotnet' || args.some((word) => assembly.test(word)),
  instrument: async ({ env }): Promise<Instrumentation> => {
    const home = env.OTEL_DOTNET_AUTO_HOME ?? join(env.HOME ?? homedir(), '.otel-dotnet-auto');
    if (!existsSync(join(home, 'net'))) {
      return lacking('dotnet', {
        what: `the OpenTelemetry automatic instrumentation for .NET is not in ${home}`,
        fix: `curl -sSfL ${installScript} | sh`,
      });
    }
    return { language: 'dotnet', how: `the profiler of ${home}`, env: makeEnvironment(home, env), missing: null };
  },
  listCode: async ({ args, cwd }) => {
    const assemblies = args.filter((word) => assembly.test(word));
    if (assemblies.length === 0) return listMatching(cwd, packageLists);
    return assemblies.map((word) => resolve(cwd, word.replace(assembly, '.deps.json')));
  },
};

function makeEnvironment(home: string, env: Launch['env']): Record<string, string> {
  const library =
    process.platform === 'darwin' ? 'osx-x64/OpenTelemetry.AutoInstrumentation.Native.dylib' : findLibrary();
  return {
    OTEL_DOTNET_AUTO_HOME: home,
    CORECLR_ENABLE_PROFILING: '1',
    CORECLR_PROFILER: profilerId,
    CORECLR_PROFILER_PATH: join(home, library),
    DOTNET_ADDITIONAL_DEPS: appendOption(env.DOTNET_ADDITIONAL_DEPS, join(home, 'AdditionalDeps'), ':'),
    DOTNET_SHARED_STORE: appendOption(env.DOTNET_SHARED_STORE, join(home, 'store'), ':'),
    DOTNET_STARTUP_HOOKS: appendOption(
      env.DOTNET_STARTUP_HOOKS,
      join(home, 'net/OpenTelemetry.AutoInstrumentation.StartupHook.dll'),
      ':',
    ),
  };
}

function findLibrary(): string {
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  return `linux-${arch}/OpenTelemetry.AutoInstrumentation.Native.so`;
}
