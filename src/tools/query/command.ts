// Writes the command that goes on from an answer, so that it can be pasted as it is.
import { quoteForShell } from '../../errors/quote.ts';

/** `obs logs '{app="a"}' --since 2h`; flags with undefined values are left out. */
export function writeCommand(
  verb: string,
  positionals: readonly string[],
  flags: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const given = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, quoteForShell(String(value))],
  );
  return ['obs', verb, ...positionals.map(quoteForShell), ...given].join(' ');
}
