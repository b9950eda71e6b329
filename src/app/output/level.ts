// The level of an output line, guessed from what loggers commonly write. Numbers are OTLP severities
// (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber).

export interface Level {
  readonly number: number;
  readonly text: string;
}

const levels = {
  trace: { number: 1, text: 'TRACE' },
  debug: { number: 5, text: 'DEBUG' },
  info: { number: 9, text: 'INFO' },
  warn: { number: 13, text: 'WARN' },
  error: { number: 17, text: 'ERROR' },
  fatal: { number: 21, text: 'FATAL' },
} as const satisfies Record<string, Level>;

const byWord = new Map<string, Level>([
  ['trace', levels.trace],
  ['silly', levels.trace],
  ['verbose', levels.debug],
  ['debug', levels.debug],
  ['dbg', levels.debug],
  ['info', levels.info],
  ['information', levels.info],
  ['inf', levels.info],
  ['notice', levels.info],
  ['log', levels.info],
  ['warn', levels.warn],
  ['warning', levels.warn],
  ['wrn', levels.warn],
  ['error', levels.error],
  ['err', levels.error],
  ['severe', levels.error],
  ['fatal', levels.fatal],
  ['critical', levels.fatal],
  ['crit', levels.fatal],
  ['emerg', levels.fatal],
  ['alert', levels.fatal],
  ['panic', levels.fatal],
  // pino and bunyan
  ['10', levels.trace],
  ['20', levels.debug],
  ['30', levels.info],
  ['40', levels.warn],
  ['50', levels.error],
  ['60', levels.fatal],
]);

/** A level stands near the beginning; what comes later is more likely part of the message. */
const searchedLength = 512;
const prefixLength = 80;

const jsonField = /"(?:level|severity|lvl|levelname|log\.level|severity_text|severityText)"\s*:\s*"?([A-Za-z]+|\d+)/;
const logfmtField = /(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]+)/;
const upperWord = /(?:^|[\s[(|<])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)(?=$|[\s\])|>:,])/;
const lowerWord = /^(?:\S+\s+){0,2}?\[?(trace|debug|info|warn|warning|error|fatal)\]?\s*:/i;
const failure =
  /^(?:Uncaught |Unhandled )?(?:[\w$.]+\.)?[A-Z][\w$]*(?:Error|Exception)\b|^Traceback \(most recent|^panic: |^Exception in thread /;
const warning = /^\(node:\d+\)|Warning: /;

/** The guessed level of a line of stdout or stderr. Plain lines of stderr count as warnings, of stdout as information. */
export function guessLevel(line: string, stream: 'stdout' | 'stderr'): Level {
  const word = findWord(line);
  const found = word === undefined ? undefined : byWord.get(word.toLowerCase());
  if (found !== undefined) return found;
  if (failure.test(line)) return levels.error;
  if (warning.test(line)) return levels.warn;
  return stream === 'stderr' ? levels.warn : levels.info;
}

function findWord(line: string): string | undefined {
  if (line.startsWith('{')) return jsonField.exec(line.slice(0, searchedLength))?.[1];
  const head = line.slice(0, prefixLength);
  return (logfmtField.exec(line.slice(0, searchedLength)) ?? upperWord.exec(head) ?? lowerWord.exec(head))?.[1];
}
