// All languages that obs knows something about, and the choice among them for a command.
import { compiled } from './compiled.ts';
import { dotnet } from './dotnet.ts';
import { java } from './java.ts';
import {
  type Depot,
  type Instrumentation,
  installFix,
  type Language,
  type Launch,
  type Progress,
  type Survey,
} from './language.ts';
import { findLaunches, type LaunchRequest } from './launch.ts';
import { namesLogSdk } from './log-sdk.ts';
import { node } from './node.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';

/** In order: machine code is asked about last, since interpreters are machine code, too. */
const languages: readonly Language[] = [node, python, java, dotnet, ruby, php, compiled];

/** What will be done for each language that the command uses, each language once. */
export async function planInstrumentation(request: LaunchRequest, depot: Depot): Promise<Instrumentation[]> {
  return Promise.all(listUses(request).map(({ language, launch }) => language.instrument(launch, depot)));
}

/** The same with a closer look at the libraries of the app, where the language has one. */
export async function surveyInstrumentation(
  request: LaunchRequest,
  depot: Depot,
): Promise<(Instrumentation & { readonly survey: Survey | undefined })[]> {
  return Promise.all(
    listUses(request).map(async ({ language, launch }) => {
      const instrumentation = await language.instrument(launch, depot);
      const survey = instrumentation.missing === null ? await language.survey?.(launch, depot) : undefined;
      return { ...instrumentation, survey };
    }),
  );
}

/** Whether lines that the command prints may come a second time, sent by an agent or by an SDK that is built in. */
export async function sendsLines(request: LaunchRequest): Promise<boolean> {
  const { env } = request;
  if (env.OTEL_LOGS_EXPORTER === 'none') return false;
  if (hasLogAgent(env)) return true;
  const lists = await Promise.all(
    findLaunches(request).map((launch) => {
      // What no language knows may be a program from anywhere.
      const { listCode } = languages.find((one) => one.matches(launch)) ?? compiled;
      return listCode?.(launch) ?? [];
    }),
  );
  return namesLogSdk(lists.flat());
}

/** Fetches what is missing for the command into the depot; names of the languages it did that for. */
export async function installMissing(request: LaunchRequest, depot: Depot, progress: Progress): Promise<string[]> {
  const installed: string[] = [];
  for (const { language, launch } of listUses(request)) {
    if (language.install === undefined || !(await lacksSomething(language, launch, depot))) continue;
    await language.install(launch, depot, (line) => progress(`${language.name}: ${line}`));
    installed.push(language.name);
  }
  return installed;
}

async function lacksSomething(language: Language, launch: Launch, depot: Depot): Promise<boolean> {
  const { missing } = await language.instrument(launch, depot);
  if (missing !== null) return true;
  const survey = await language.survey?.(launch, depot);
  return survey !== undefined && survey.unwatched.length > 0 && survey.fix === installFix;
}

/** Agents that the environment brings in, and that send what is logged unless told otherwise. */
function hasLogAgent(env: LaunchRequest['env']): boolean {
  const ofJava = env.JAVA_TOOL_OPTIONS?.includes('opentelemetry-javaagent') === true;
  const ofDotnet = env.DOTNET_STARTUP_HOOKS?.includes('OpenTelemetry.AutoInstrumentation') === true;
  return ofJava || ofDotnet || env.OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED === 'true';
}

interface Use {
  readonly language: Language;
  readonly launch: Launch;
}

function listUses(request: LaunchRequest): Use[] {
  const uses = new Map<string, Use>();
  for (const launch of findLaunches(request)) {
    const language = languages.find((one) => one.matches(launch));
    if (language !== undefined && !uses.has(language.name)) uses.set(language.name, { language, launch });
  }
  return [...uses.values()];
}
