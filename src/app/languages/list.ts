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
