// obs.yaml and other configuration.
import { entry } from '../entry.ts';
import { quoteForShell } from '../quote.ts';

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The source line with a caret under the place. */
  readonly caret: string;
}

const at = (d: Place) => `${d.file}:${d.line}:${d.column}`;

export const configErrors = {
  OBS_BAD_REDACT_PATTERN: entry<{ file: string; pattern: string; reason: string }>({
    exit: 2,
    what: (d) => `${d.file}: redact.patterns: "${d.pattern}" cannot be used: ${d.reason}`,
    why: () => 'Patterns have the syntax of RE2, and what they match is masked before it is stored.',
    fix: (d) => `edit ${d.file}: correct "${d.pattern}" in redact.patterns (https://github.com/google/re2/wiki/Syntax)`,
  }),
  OBS_CONFIG_SYNTAX: entry<Place & { detail: string }>({
    exit: 2,
    what: (d) => `${at(d)}: this is not YAML: ${d.detail}`,
    why: (d) => d.caret,
    fix: (d) => `edit ${d.file}, line ${d.line}`,
  }),
  OBS_CONFIG_UNKNOWN_KEY: entry<
    Place & { key: string; where: string; nearest: readonly string[]; known: readonly string[] }
  >({
    exit: 2,
    what: (d) => `${at(d)}: unknown key "${d.key}"${d.where === '' ? '' : ` in ${d.where}`}.`,
    why: (d) =>
      `${d.caret}\n${d.nearest.length > 0 ? `The nearest known key is ${d.nearest.join(' or ')}.` : ''} Known here: ${d.known.join(', ')}.`,
    fix: (d) =>
      d.nearest[0] === undefined
        ? `edit ${d.file}, line ${d.line}: remove "${d.key}"`
        : `edit ${d.file}, line ${d.line}: write "${d.nearest[0]}" for "${d.key}"`,
  }),
  OBS_CONFIG_INVALID: entry<
    Place & { where: string; detail: string; nearest: readonly string[]; more: readonly string[] }
  >({
    exit: 2,
    what: (d) => `${at(d)}: ${d.where === '' ? 'the file' : d.where}: ${d.detail}`,
    why: (d) => [d.caret, ...d.more.map((problem) => `Also: ${problem}`)].join('\n'),
    fix: (d) =>
      d.nearest[0] === undefined
        ? `edit ${d.file}, line ${d.line}`
        : `edit ${d.file}, line ${d.line}: write "${d.nearest[0]}"`,
  }),
  OBS_CONFIG_YAML_TRAP: entry<Place & { trap: string; quoted: string }>({
    exit: 2,
    what: (d) => `${at(d)}: YAML reads this line otherwise than it looks: ${d.trap}`,
    why: (d) => d.caret,
    fix: (d) => `edit ${d.file}, line ${d.line}: write ${d.quoted}`,
  }),
  OBS_CONFIG_NAME: entry<{ found: string; wanted: string }>({
    exit: 2,
    what: (d) => `${d.found} is not read; obs reads ${d.wanted}.`,
    why: () => 'One name for the file, so that nobody wonders which one counts.',
    fix: (d) => `mv ${quoteForShell(d.found)} ${quoteForShell(d.wanted)}`,
  }),
  OBS_CONFIG_UNREADABLE: entry<{ file: string; reason: string }>({
    exit: 2,
    what: (d) => `${d.file} cannot be read: ${d.reason}`,
    why: () => 'It is there, so it is not simply left out.',
    fix: (d) => `ls -l ${quoteForShell(d.file)}`,
  }),
  OBS_CONFIG_EXISTS: entry<{ file: string }>({
    exit: 2,
    what: (d) => `${d.file} exists already.`,
    why: () => 'obs init writes a new file and never over one of yours.',
    fix: (d) => `cat ${quoteForShell(d.file)}`,
  }),
};
