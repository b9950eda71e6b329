// PHP: the extension `opentelemetry`, where PHP has it; the SDK and its instrumentations come with the app's Composer packages.
// https://opentelemetry.io/docs/zero-code/php/
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askProgram } from './ask.ts';
import { type Instrumentation, type Language, lacking } from './language.ts';
import { findProgram } from './launch.ts';
import { listMatching } from './log-sdk.ts';

const programs = /^(?:php[\d.]*|artisan|composer|symfony|frankenphp)$/;
const sdk = 'open-telemetry/sdk';
const exporter = 'open-telemetry/exporter-otlp';

export const php: Language = {
  name: 'php',
  matches: ({ program, interpreter = '' }) => programs.test(program) || /\/php[\d.]*$/.test(interpreter),
  instrument: async (launch): Promise<Instrumentation> => {
    const { cwd, env } = launch;
    const file = findProgram('php', launch);
    const args = ['-r', "echo extension_loaded('opentelemetry') ? 'true' : 'false';"];
    const answer = file === undefined ? undefined : await askProgram({ file, args, cwd, env });
    if (answer !== 'true') {
      return lacking('php', { what: 'PHP has no extension opentelemetry', fix: 'pecl install opentelemetry' });
    }
    if (!existsSync(join(cwd, 'vendor', sdk))) {
      const fix = `composer require ${sdk} ${exporter}`;
      return lacking('php', { what: `PHP has the extension opentelemetry, but ${sdk} is not in vendor/`, fix });
    }
    return {
      language: 'php',
      how: 'the extension opentelemetry, with the SDK of the app’s Composer packages',
      env: { OTEL_PHP_AUTOLOAD_ENABLED: 'true' },
      missing: null,
    };
  },
  listCode: ({ cwd }) => listMatching(cwd, /^composer\.lock$/),
};
