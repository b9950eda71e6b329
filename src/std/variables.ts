// References to environment variables inside of texts: `${NAME}`.

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names that texts refer to, each once, in the order in which they come. */
export function listVariables(texts: Iterable<string>): string[] {
  return [...new Set([...texts].flatMap((text) => [...text.matchAll(reference)].map(([, name = '']) => name)))];
}

/** The text with every `${NAME}` replaced; a name that is not set leaves nothing. */
export function fillVariables(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replace(reference, (_all, name) => env[name] ?? '');
}
