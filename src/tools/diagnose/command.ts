// `obs doctor -- CMD`: what would be instrumented in a command, how, and what is missing. Nothing is started but the
// interpreters that are asked what they have.
import { installFix } from '../../app/languages/language.ts';
import { planInstrumentation } from '../../app/languages/list.ts';
import { openStateRoot } from '../../stack/state-root.ts';
import { makeDepot } from '../stack/preload.ts';
import type { ToolContext } from '../tool.ts';
import { type Finding, note, ok, warn } from './check.ts';

/** One finding for each language of the command. */
export async function explainInstrumentation(command: readonly string[], context: ToolContext): Promise<Finding[]> {
  const { cwd, env } = context;
  const depot = makeDepot(openStateRoot(env));
  const found = await planInstrumentation({ command, cwd, env }, depot);
  const check = 'instrumentation';
  if (found.length === 0) {
    const detail = `${command.join(' ')}: no language that obs knows; its environment says where to send, and what starts Node, Python or Java below it is instrumented only as far as variables reach`;
    return [{ check, ...note(detail) }];
  }
  return found.map(({ language, how, missing }) => {
    if (missing === null) return { check, ...ok(`${language}: ${how}`) };
    const fix = missing.fix === installFix ? `${installFix} -- ${command.join(' ')}` : missing.fix;
    return { check, ...warn(`${language}: ${missing.what}; ${how}`, fix) };
  });
}
