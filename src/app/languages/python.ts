// Python: OpenTelemetry's own distribution, where the app's environment or the depot has it, is started by a sitecustomize
// module of ours, which every interpreter below the command runs first.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { askProgram, runProgram } from './ask.ts';
import { type Depot, type Instrumentation, installFix, type Language, type Launch, lacking } from './language.ts';
import { findProgram } from './launch.ts';

const programs =
  /^(?:python[\d.]*|pypy[\d.]*|flask|fastapi|uvicorn|gunicorn|hypercorn|daphne|django-admin|celery|pytest|poetry|pipenv|uv|streamlit)$/;
const packages = ['opentelemetry-distro', 'opentelemetry-exporter-otlp-proto-http'];
const installTimeoutMs = 300_000;

const probe = `
import importlib.util, json
def has(name):
    try:
        return importlib.util.find_spec(name) is not None
    except Exception:
        return False
names = ("distro", "instrumentation.auto_instrumentation", "exporter.otlp.proto.http", "exporter.otlp.proto.grpc")
print(json.dumps([has("opentelemetry." + name) for name in names]))`;

export const python: Language = {
  name: 'python',
  matches: ({ program, interpreter = '' }) => programs.test(program) || /\/(?:python|pypy)[\d.]*$/.test(interpreter),
  instrument: async (launch, depot): Promise<Instrumentation> => {
    const found = await findDistribution(launch, depot);
    if (found === undefined) {
      return lacking('python', {
        what: `${packages[0]} is not installed for ${findInterpreter(launch)}`,
        fix: installFix,
      });
    }
    const { extraPath, protocol, where } = found;
    const present = launch.env.PYTHONPATH;
    const own = join(depot.dist, 'python');
    return {
      language: 'python',
      how: `opentelemetry-distro of ${where} instruments the libraries that it knows`,
      env: {
        PYTHONPATH: present === undefined || present === '' ? own : `${own}${delimiter}${present}`,
        ...(extraPath === undefined ? {} : { OBS_PYTHON_PATH: extraPath }),
        ...(protocol === 'grpc' ? { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } : {}),
      },
      missing: null,
    };
  },
  install: async (launch, depot) => {
    const interpreter = findInterpreter(launch);
    const folder = findDepotFolder(interpreter, depot);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const run = (args: string[], env: Launch['env']): Promise<string> =>
      runProgram({ file: interpreter, args, cwd: launch.cwd, env, timeoutMs: installTimeoutMs });
    const install = (wanted: readonly string[]): Promise<string> =>
      run(['-m', 'pip', 'install', '--quiet', '--upgrade', '--target', folder, ...wanted], launch.env);
    await install(packages);
    const inDepot = { ...launch.env, PYTHONPATH: folder };
    const bootstrap = ['-c', 'from opentelemetry.instrumentation.bootstrap import run; run()', '-a', 'requirements'];
    const listed = (await run(bootstrap, inDepot)).matchAll(/^(opentelemetry-[\w-]+)/gm);
    // Without their versions: a release is often in a registry only in part, and pip finds versions that fit together.
    const wanted = [...listed].map((match) => match[0]);
    if (wanted.length > 0) await install([...packages, ...wanted]);
  },
};

interface Distribution {
  /** Folder to be searched after all others; undefined if the app's own environment has everything. */
  readonly extraPath: string | undefined;
  readonly protocol: 'http' | 'grpc';
  readonly where: string;
}

async function findDistribution(launch: Launch, depot: Depot): Promise<Distribution | undefined> {
  const interpreter = findInterpreter(launch);
  const folder = findDepotFolder(interpreter, depot);
  const answer = await askProgram({ file: interpreter, args: ['-c', probe], cwd: launch.cwd, env: launch.env });
  // The probe prints a list of four booleans.
  const [distro, auto, http, grpc] = answer === undefined ? [] : (JSON.parse(answer) as boolean[]);
  if (distro && auto && (http || grpc)) {
    return { extraPath: undefined, protocol: http ? 'http' : 'grpc', where: interpreter };
  }
  if (!existsSync(join(folder, 'opentelemetry/distro'))) return undefined;
  return { extraPath: folder, protocol: 'http', where: folder };
}

/** The interpreter that will run the app. */
function findInterpreter(launch: Launch): string {
  const { program, file, interpreter, cwd } = launch;
  if (/^(?:python|pypy)[\d.]*$/.test(program) && file !== undefined) return file;
  if (interpreter !== undefined && /^(?:python|pypy)/.test(basename(interpreter))) return interpreter;
  const inVenv = join(cwd, '.venv/bin/python');
  return existsSync(inVenv) ? inVenv : (findProgram('python3', launch) ?? 'python3');
}

function findDepotFolder(interpreter: string, { folder }: Depot): string {
  return join(folder, 'python', createHash('sha256').update(interpreter).digest('hex').slice(0, 12));
}
