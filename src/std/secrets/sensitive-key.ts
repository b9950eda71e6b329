// Names whose values are secret whatever they look like: `password`, `http.request.header.authorization`, `X-Api-Key`.

/** What masked text is replaced by. */
export const maskedText = '[masked]';

// Whole last words only: `token`, not `gen_ai.usage.input_tokens`; `session.id` is OpenTelemetry's and no secret.
const sensitiveName =
  /(?:^|[._\-\s/])(?:pass(?:word|wd|phrase|code)|pwd|secret|(?:client|shared|app|webhook|signing)[._-]?secret|secret[._-]?(?:key|access[._-]?key)|(?:api|account|access|private|encryption|signing)[._-]?key|shared[._-]?access[._-]?key|(?:access|refresh|id|auth|bearer|csrf|xsrf|session|security)?[._-]?token|authorization|proxy-authorization|(?:set-)?cookie|connection[._-]?string|credentials?)$/i;
const camelBoundary = /([a-z0-9])([A-Z])/g;

const maxRemembered = 4096;

/** Makes a test of attribute names; it remembers names, since apps use the same few all the time. */
export function makeKeyTest(): (key: string) => boolean {
  const known = new Map<string, boolean>();
  return (key) => {
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const answer = isSensitiveKey(key);
    if (known.size >= maxRemembered) known.clear();
    known.set(key, answer);
    return answer;
  };
}

export function isSensitiveKey(key: string): boolean {
  return key.length <= 256 && sensitiveName.test(key.replace(camelBoundary, '$1_$2'));
}
