// Variables in the syntax of a shell or a file format, so that they can be evaluated or written as they are.

export const shellNames = ['sh', 'fish', 'dotenv', 'json'] as const;
export type ShellName = (typeof shellNames)[number];

type Variables = Readonly<Record<string, string>>;

const formats: Readonly<Record<ShellName, (env: Variables) => string>> = {
  sh: (env) => eachLine(env, (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`),
  // fish knows two escapes inside single quotes: \\ and \'.
  fish: (env) => eachLine(env, (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`),
  dotenv: (env) => eachLine(env, (name, value) => `${name}=${quoteForDotenv(value)}`),
  json: (env) => JSON.stringify(env, undefined, 2),
};

/** All variables as text to evaluate (sh, fish), to keep in a file (dotenv), or to parse (json). */
export function formatEnvironment(env: Variables, shell: ShellName): string {
  return formats[shell](env);
}

function eachLine(env: Variables, format: (name: string, value: string) => string): string {
  return Object.entries(env)
    .map(([name, value]) => format(name, value))
    .join('\n');
}

// Single quotes keep `$` and `\` as they are in every dotenv reader; a value with one inside needs double quotes.
function quoteForDotenv(value: string): string {
  if (/^[\w./:@%+=,~-]*$/.test(value)) return value;
  return value.includes("'") ? `"${value.replace(/["\\$]/g, '\\$&')}"` : `'${value}'`;
}
