// Headers of a backend name secrets as `${NAME}`. They are filled in from the environment when they are sent, and stand
// nowhere else.
import { fillVariables } from '../../std/variables.ts';

/** The headers with every `${NAME}` replaced; a name that is not set leaves nothing. */
export function fillHeaders(
  headers: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fillVariables(value, env)]));
}
