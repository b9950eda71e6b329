// Headers of a backend name secrets as `${NAME}`. They are filled in from the environment when they are sent, and stand
// nowhere else.

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The headers with every `${NAME}` replaced; a name that is not set leaves nothing. */
export function fillHeaders(
  headers: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(reference, (_all, key) => env[key] ?? '')]),
  );
}
