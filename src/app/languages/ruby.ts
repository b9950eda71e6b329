// Ruby: the gem that requires and configures OpenTelemetry by itself, where it is installed.
// https://opentelemetry.io/docs/zero-code/ (opentelemetry-auto-instrumentation)
import { askProgram } from './ask.ts';
import { appendOption, type Instrumentation, type Language, lacking } from './language.ts';
import { findProgram } from './launch.ts';
import { listMatching } from './log-sdk.ts';

const programs = /^(?:ruby|bundle|rails|rackup|puma|rake|unicorn|sidekiq|jekyll)$/;
const gem = 'opentelemetry-auto-instrumentation';

export const ruby: Language = {
  name: 'ruby',
  matches: ({ program, interpreter = '' }) => programs.test(program) || /\/ruby$/.test(interpreter),
  instrument: async (launch): Promise<Instrumentation> => {
    const { cwd, env } = launch;
    const file = findProgram('ruby', launch);
    const args = ['-e', `print Gem::Specification.find_all_by_name('${gem}').any?`];
    const answer = file === undefined ? undefined : await askProgram({ file, args, cwd, env });
    if (answer !== 'true') {
      return lacking('ruby', { what: `the gem ${gem} is not installed`, fix: `gem install ${gem}` });
    }
    return {
      language: 'ruby',
      how: `the gem ${gem} in RUBYOPT`,
      env: { RUBYOPT: appendOption(env.RUBYOPT, `-r${gem}`, ' ') },
      missing: null,
    };
  },
  listCode: ({ cwd }) => listMatching(cwd, /^Gemfile\.lock$/),
};
