// Python: OpenTelemetry's own distribution, where the app's environment or the depot has it, is started by a sitecustomize
// module of ours, which every interpreter below the command runs first.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { askProgram } from './ask.ts';
import {
  type Depot,
  type Instrumentation,
  installFix,
  type Language,
  type Launch,
  lacking,
  type Survey,
} from './language.ts';
import { findProgram } from './launch.ts';
import { listMatching } from './log-sdk.ts';
import { installDistribution } from './python-install.ts';

const programs =
  /^(?:python[\d.]*|pypy[\d.]*|flask|fastapi|uvicorn|gunicorn|hypercorn|daphne|django-admin|celery|pytest|poetry|pipenv|uv|streamlit)$/;
const distribution = 'opentelemetry-distro';

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
        what: `${distribution} is not installed for ${findInterpreter(launch)}`,
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
  listCode: async (launch) => listOwnSdk(findInterpreter(launch)),
  survey: async (launch, depot) => {
    const found = await findDistribution(launch, depot);
    return found === undefined ? undefined : surveyLibraries(launch, found);
  },
  install: async (launch, depot, progress) => {
    const interpreter = findInterpreter(launch);
    const folder = findDepotFolder(interpreter, depot);
    await installDistribution({ interpreter, folder, launch, progress });
  },
};

/** The distribution's own list of libraries against what is installed; prints those watched, and those that could be. */
const surveyScript = `
import json, sys
extra = sys.argv[1] if len(sys.argv) > 1 else None
if extra:
    sys.path.append(extra)
from importlib.metadata import distribution, entry_points, PackageNotFoundError
from packaging.requirements import Requirement
from opentelemetry.instrumentation.bootstrap_gen import libraries
def installed(text):
    requirement = Requirement(text)
    try:
        found = distribution(requirement.name)
    except PackageNotFoundError:
        return None
    if extra and str(found.locate_file("")).startswith(extra):
        return None
    return requirement.name if requirement.specifier.contains(found.version, prereleases=True) else None
have = {point.dist.name.lower().replace("_", "-") for point in entry_points(group="opentelemetry_instrumentor") if point.dist}
watched, unwatched = set(), set()
for one in libraries:
    name = installed(one["library"])
    if name:
        (watched if one["instrumentation"].split("==")[0] in have else unwatched).add(name)
print(json.dumps([sorted(watched), sorted(unwatched - watched)]))`;

async function surveyLibraries(launch: Launch, { extraPath }: Distribution): Promise<Survey | undefined> {
  const interpreter = findInterpreter(launch);
  const args = ['-c', surveyScript, ...(extraPath === undefined ? [] : [extraPath])];
  const answer = await askProgram({ file: interpreter, args, cwd: launch.cwd, env: launch.env });
  if (answer === undefined) return undefined;
  // The script prints two lists of names.
  const [watched, unwatched] = JSON.parse(answer) as [string[], string[]];
  // Where the distribution is the app's own, so is what it lacks: obs changes nothing there.
  const fix =
    extraPath === undefined ? `${join(dirname(interpreter), 'opentelemetry-bootstrap')} -a install` : installFix;
  return { watched, unwatched, fix };
}

interface Distribution {
  /** Folder to be searched after all others; undefined if the app's own environment has everything. */
  readonly extraPath: string | undefined;
  readonly protocol: 'http' | 'grpc';
  readonly where: string;
}

/** The SDK of an app that sets it up by itself: where the distribution is not, nothing else needs one. */
async function listOwnSdk(interpreter: string): Promise<string[]> {
  const libraries = await listMatching(join(dirname(dirname(interpreter)), 'lib'), /^python[\d.]+$/);
  const packages = libraries.map((folder) => join(folder, 'site-packages/opentelemetry'));
  const without = packages.filter((folder) => !existsSync(join(folder, 'distro')));
  return without.map((folder) => join(folder, 'sdk/_logs/__init__.py'));
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
