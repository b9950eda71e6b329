// The masking that obs.yaml wishes for, checked before a stack is started with it.
import type { LoadedConfig } from '../../config/config.ts';
import { ObsError } from '../../errors/obs-error.ts';

type Redact = LoadedConfig['config']['redact'];

/** The same rules, if all of their patterns can be used. @throws OBS_BAD_REDACT_PATTERN */
export async function checkRedaction({ config, file }: LoadedConfig): Promise<Redact> {
  const { redact } = config;
  if (redact.patterns.length === 0) return redact;
  const { compileRe2, Re2SyntaxError } = await import('../../std/re2.ts');
  const refuse = (pattern: string, reason: string) =>
    new ObsError('OBS_BAD_REDACT_PATTERN', { file: file ?? 'obs.yaml', pattern, reason });
  for (const pattern of redact.patterns) {
    try {
      if (compileRe2(pattern).test('')) throw refuse(pattern, 'it matches the empty text, which is everywhere');
    } catch (error) {
      throw error instanceof Re2SyntaxError ? refuse(pattern, error.message) : error;
    }
  }
  return redact;
}
