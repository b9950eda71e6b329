// Java: the official agent, which JAVA_TOOL_OPTIONS loads into every virtual machine below the command.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { quoteForShell } from '../../errors/quote.ts';
import { runProgram } from './ask.ts';
import {
  appendOption,
  type Depot,
  type Instrumentation,
  installFix,
  type Language,
  type Launch,
  lacking,
} from './language.ts';
import { findProgram } from './launch.ts';
import { listMatching } from './log-sdk.ts';

const programs = /^(?:java|mvn|mvnw|gradle|gradlew|sbt|catalina\.sh|spring)$/;
/** Files of a project that name its packages. */
const packageLists = /^(?:pom\.xml|build\.gradle(?:\.kts)?)$/;
const jarName = 'opentelemetry-javaagent.jar';
const inRepository = 'io/opentelemetry/javaagent/opentelemetry-javaagent';
/** The line that is known to work; a newer one is used where it is found. */
const agentVersion = '2.20.1';
const installTimeoutMs = 300_000;
const released = `https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/${jarName}`;

export const java: Language = {
  name: 'java',
  matches: ({ program }) => programs.test(program),
  instrument: async (launch, depot): Promise<Instrumentation> => {
    const present = launch.env.JAVA_TOOL_OPTIONS;
    if (present?.includes('-javaagent:')) {
      return { language: 'java', how: 'the agent of JAVA_TOOL_OPTIONS stays', env: {}, missing: null };
    }
    const agent = findAgent(launch.env, depot);
    if (agent === undefined) {
      return lacking('java', {
        what: `no ${jarName}: neither OBS_JAVA_AGENT names one, nor is one in the local Maven repository`,
        fix: findProgram('mvn', launch) === undefined ? downloadFix(depot) : installFix,
      });
    }
    return {
      language: 'java',
      how: `the OpenTelemetry agent ${agent} in JAVA_TOOL_OPTIONS`,
      env: { JAVA_TOOL_OPTIONS: appendOption(present, quoteOption(`-javaagent:${agent}`), ' ') },
      missing: null,
    };
  },
  listCode: async ({ args, cwd }) => {
    const archives = args.filter((word) => /\.jar$/.test(word));
    return archives.length === 0 ? listMatching(cwd, packageLists) : archives.map((word) => resolve(cwd, word));
  },
  install: async (launch, depot, progress) => {
    const maven = findProgram('mvn', launch);
    if (maven === undefined)
      throw new Error('mvn is not on PATH; put the agent anywhere and name it in OBS_JAVA_AGENT');
    const folder = join(depot.folder, 'java');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const artifact = `io.opentelemetry.javaagent:opentelemetry-javaagent:${agentVersion}`;
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
    const args = ['-q', copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`, '-Dmdep.stripVersion=true'];
    progress(`fetching ${artifact} with ${maven}`);
    await runProgram({ file: maven, args, cwd: folder, env: launch.env, timeoutMs: installTimeoutMs });
  },
};

/** Without Maven there is nothing that obs could fetch it with. */
function downloadFix({ folder }: Depot): string {
  const target = join(folder, 'java', jarName);
  return `curl -fsSL --create-dirs -o ${quoteForShell(target)} ${released}`;
}

function findAgent(env: Launch['env'], depot: Depot): string | undefined {
  const named = [env.OBS_JAVA_AGENT, join(depot.folder, 'java', jarName)];
  return [...named, ...listRepository(env)].find((file) => file !== undefined && existsSync(file));
}

/** Jars of the local Maven repository, the newest version first. */
function listRepository(env: Launch['env']): string[] {
  const folder = join(env.HOME ?? homedir(), '.m2/repository', inRepository);
  try {
    const compare = new Intl.Collator('en', { numeric: true }).compare;
    const versions = readdirSync(folder).sort((one, other) => compare(other, one));
    return versions.map((version) => join(folder, version, `opentelemetry-javaagent-${version}.jar`));
  } catch {
    return [];
  }
}

/** The virtual machine splits the variable at blanks, except within quotes. */
function quoteOption(option: string): string {
  return /\s/.test(option) ? `"${option}"` : option;
}
