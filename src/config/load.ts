// obs.yaml from file to `ObsConfig`. Every refusal carries file, line and column.
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { type Document, isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml';
import { ObsError } from '../errors/obs-error.ts';
import { describePosition } from '../std/text-position.ts';
import type { LoadedConfig } from './config.ts';
import { makeProblemError } from './problem.ts';
import { configSchema } from './schema.ts';
import { failOnYamlTrap } from './yaml-traps.ts';

/** Reads and checks one obs.yaml; throws OBS_CONFIG_* with the place of what is wrong. */
export function loadConfigFile(file: string, worktreeRoot: string): LoadedConfig {
  const text = readConfigText(file);
  const shownFile = relative(worktreeRoot, file);
  const { config, document, lines } = parseConfig(text, shownFile);
  return { config, file, folder: dirname(file), budgetSources: listBudgetSources(document, lines, shownFile) };
}

/** Checks the text of an obs.yaml; `file` is the name that messages use. */
export function parseConfig(text: string, file: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const [start, end] = broken.pos;
    failOnYamlTrap(document, { text, file });
    throw new ObsError('OBS_CONFIG_SYNTAX', { file, ...describePosition(text, start, end), detail: broken.message });
  }
  failOnYamlTrap(document, { text, file });
  const checked = configSchema.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (!checked.success) throw makeProblemError(checked.error, { document, text, file });
  return { config: checked.data, document, lines };
}

function readConfigText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ObsError('OBS_CONFIG_UNREADABLE', { file, reason }, { cause: error });
  }
}

function listBudgetSources(document: Document, lines: LineCounter, file: string): string[] {
  const budgets = isMap(document.contents) ? document.contents.get('budgets', true) : undefined;
  if (!isSeq(budgets)) return [];
  return budgets.items.map((item) => {
    const start = isNode(item) ? (item.range?.[0] ?? 0) : 0;
    return `${file}:${lines.linePos(start).line}`;
  });
}
