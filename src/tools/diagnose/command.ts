// `obs doctor -- CMD`: what would be instrumented in a command, how, and what is missing. Nothing is started but the
// interpreters that are asked what they have.
import { installFix, type Survey } from '../../app/languages/language.ts';
import { surveyInstrumentation } from '../../app/languages/list.ts';
import { openStateRoot } from '../../stack/state-root.ts';
import { makeDepot } from '../stack/preload.ts';
import type { ToolContext } from '../tool.ts';
import { type Finding, note, ok, warn } from './check.ts';

/** One finding for each language of the command. */
export async function explainInstrumentation(command: readonly string[], context: ToolContext): Promise<Finding[]> {
  const { cwd, env } = context;
  const depot = makeDepot(openStateRoot(env));
  const found = await surveyInstrumentation({ command, cwd, env }, depot);
  const check = 'instrumentation';
  if (found.length === 0) {
    const detail = `${command.join(' ')}: no language that obs knows; its environment says where to send, and what starts Node, Python or Java below it is instrumented only as far as variables reach`;
    return [{ check, ...note(detail) }];
  }
  const runnable = (fix: string): string => (fix === installFix ? `${installFix} -- ${command.join(' ')}` : fix);
  return found
    .flatMap(({ language, how, missing, survey }) => {
      if (missing !== null) return [warn(`${language}: ${missing.what}; ${how}`, runnable(missing.fix))];
      return [ok(`${language}: ${how}${showWatched(survey)}`), ...explainUnwatched(language, survey, runnable)];
    })
    .map((finding) => ({ check, ...finding }));
}

function showWatched(survey: Survey | undefined): string {
  return survey === undefined || survey.watched.length === 0 ? '' : `: ${survey.watched.join(', ')}`;
}

function explainUnwatched(language: string, survey: Survey | undefined, runnable: (fix: string) => string) {
  if (survey === undefined || survey.unwatched.length === 0) return [];
  const detail = `${language}: ${survey.unwatched.join(', ')} will not be seen: their instrumentation is not installed`;
  return [warn(detail, runnable(survey.fix))];
}
