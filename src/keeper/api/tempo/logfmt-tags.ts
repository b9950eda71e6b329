// The `tags` parameter of the older search: key=value pairs in logfmt, with go-logfmt's errors and places.
import { refuse } from './params.ts';

/** Reads `a=b c="d e"`. @throws HttpRefusal `invalid tags: …` */
export function parseTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  const pair = /\s*([^\s="]*)(?:(=)(?:"((?:[^"\\]|\\.)*)("?)|([^\s="]*)))?/y;
  while (pair.lastIndex < text.length) {
    const start = pair.lastIndex;
    const found = pair.exec(text);
    if (found === null || pair.lastIndex === start) throw refuseAt(text, start);
    const [, key = '', equals, quoted, close, plain = ''] = found;
    if (key === '' && equals === undefined) {
      if (pair.lastIndex < text.length) throw refuseAt(text, pair.lastIndex);
      break;
    }
    if (key === '') throw refuseAt(text, text.indexOf('=', start));
    if (quoted !== undefined && close !== '"')
      throw refuse(`invalid tags: unterminated quoted value at pos ${text.length + 1}`);
    const next = text.charAt(pair.lastIndex);
    if (next !== '' && !/\s/.test(next)) throw refuseAt(text, pair.lastIndex);
    if (tags.has(key)) throw refuse(`invalid tags: tag ${key} has been set twice`);
    tags.set(key, quoted === undefined ? plain : unquote(quoted));
  }
  return tags;
}

function refuseAt(text: string, at: number) {
  return refuse(`invalid tags: unexpected '${text.charAt(at)}' at pos ${at + 1}`);
}

function unquote(quoted: string): string {
  try {
    const value: unknown = JSON.parse(`"${quoted}"`);
    return typeof value === 'string' ? value : quoted;
  } catch {
    return quoted;
  }
}
