// Budgets are lines full of characters that mean something to YAML. Where YAML read one otherwise than it looks (cut at
// ` #`, broken at `: `, taken for a map or a block), the error shows the line quoted.
import { type Document, isCollection, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import { ObsError } from '../errors/obs-error.ts';
import { describePosition } from '../std/text-position.ts';

interface Source {
  readonly text: string;
  readonly file: string;
}

/** Throws OBS_CONFIG_YAML_TRAP for the first budget line that YAML cut or broke. */
export function failOnYamlTrap(document: Document, source: Source): void {
  const budgets = isMap(document.contents) ? document.contents.get('budgets', true) : undefined;
  if (!isSeq(budgets)) return;
  for (const item of budgets.items) {
    const assert = isMap(item) && item.has('assert') ? item.get('assert', true) : item;
    if (isNode(assert) && assert.range) failIfTrapped(assert, assert.range[0], source);
  }
}

function failIfTrapped(node: Node, start: number, { text, file }: Source): void {
  const lineEnd = text.indexOf('\n', start);
  const written = text.slice(start, lineEnd === -1 ? text.length : lineEnd).trimEnd();
  const trap = findTrap(node, written);
  if (trap === undefined) return;
  const place = describePosition(text, start + trap.offset);
  throw new ObsError('OBS_CONFIG_YAML_TRAP', { file, ...place, trap: trap.what, quoted: quoteForYaml(written) });
}

interface Trap {
  readonly what: string;
  /** Within the written line. */
  readonly offset: number;
}

function findTrap(node: Node, written: string): Trap | undefined {
  if (isScalar(node)) return node.type === 'PLAIN' ? findCut(String(node.value), written) : undefined;
  if (!isCollection(node)) return undefined;
  if (/^[{[]/.test(written)) return { what: 'a line that begins with { or [ is a collection', offset: 0 };
  const colon = written.search(/:(?:\s|$)/);
  const key = /^(?:name|assert|level)\s*:/.test(written);
  return key || colon === -1 ? undefined : { what: '": " makes a key of what stands before it', offset: colon };
}

// A comment after a whole budget is fine; it is a trap when the text before it breaks off inside quotes or brackets.
function findCut(value: string, written: string): Trap | undefined {
  const cut = /\s#/.exec(written.slice(value.length));
  if (cut === null || !isOpen(value)) return undefined;
  return { what: '" #" begins a comment, so the line ends before it', offset: value.length + cut.index + 1 };
}

function isOpen(text: string): boolean {
  let quote = '';
  let depth = 0;
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if ('"\'`'.includes(character)) quote = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
  }
  return quote !== '' || depth > 0;
}

/** The text as a single-quoted YAML scalar. */
function quoteForYaml(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
