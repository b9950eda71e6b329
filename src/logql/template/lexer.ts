// Splits a template into text and the tokens of its actions. `{{- ` and ` -}}` trim the text beside them.
import { findStringEnd } from '../../std/go-string.ts';
import { TemplateSyntaxError } from './nodes.ts';

export type TemplateTokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'string'
  | 'char'
  | 'number'
  | 'word'
  | 'field'
  | 'variable'
  | 'dot'
  | 'pipe'
  | 'paren'
  | 'declare'
  | 'assign'
  | 'comma'
  | 'end';

export interface TemplateToken {
  readonly kind: TemplateTokenKind;
  readonly text: string;
  readonly pos: number;
}

const patterns: readonly (readonly [TemplateTokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['declare', /:=/y],
  ['assign', /=/y],
  ['comma', /,/y],
  ['pipe', /\|/y],
  ['paren', /[()]/y],
  [
    'number',
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)/y,
  ],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
];

/** Reads all tokens; the last is `end`. @throws TemplateSyntaxError */
export function lexTemplate(name: string, source: string): TemplateToken[] {
  const tokens: TemplateToken[] = [];
  const fail = (pos: number, message: string) => {
    const line = source.slice(0, pos).split('\n').length;
    return new TemplateSyntaxError(`template: ${name}:${line}: ${message}`);
  };
  let at = 0;
  let trimNext = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const textEnd = open === -1 ? source.length : open;
    const trimBefore = open !== -1 && /^\{\{-[ \t\r\n]/.test(source.slice(open, open + 4));
    let text = source.slice(at, textEnd);
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, '');
    if (trimBefore) text = text.replace(/[ \t\r\n]+$/, '');
    if (text !== '') tokens.push({ kind: 'text', text, pos: at });
    if (open === -1) break;
    const action = lexAction({ source, open, start: open + (trimBefore ? 3 : 2), fail });
    tokens.push(...action.tokens);
    trimNext = action.trimAfter;
    at = action.end;
  }
  tokens.push({ kind: 'end', text: '', pos: source.length });
  return tokens;
}

interface ActionOf {
  readonly source: string;
  readonly open: number;
  readonly start: number;
  readonly fail: (pos: number, message: string) => TemplateSyntaxError;
}

function lexAction(of: ActionOf): { tokens: TemplateToken[]; end: number; trimAfter: boolean } {
  const { source, open, start, fail } = of;
  const comment = /\s*\/\*/y;
  comment.lastIndex = start;
  if (comment.test(source)) return skipComment(of);
  const tokens: TemplateToken[] = [{ kind: 'open', text: '{{', pos: open }];
  let at = start;
  for (;;) {
    const trim = /[ \t\r\n]-\}\}/y;
    trim.lastIndex = at;
    if (trim.test(source)) {
      tokens.push({ kind: 'close', text: '}}', pos: at + 2 });
      return { tokens, end: at + 4, trimAfter: true };
    }
    if (source.startsWith('}}', at)) {
      tokens.push({ kind: 'close', text: '}}', pos: at });
      return { tokens, end: at + 2, trimAfter: false };
    }
    if (at >= source.length) throw fail(at, 'unclosed action');
    const token = lexToken(source, at, fail);
    tokens.push(token);
    at = token.pos + token.text.length;
  }
}

function skipComment(of: ActionOf): { tokens: TemplateToken[]; end: number; trimAfter: boolean } {
  const { source, start, fail } = of;
  const close = source.indexOf('*/', start);
  if (close === -1) throw fail(start, 'unclosed comment');
  const rest = source.slice(close + 2);
  if (rest.startsWith('}}')) return { tokens: [], end: close + 4, trimAfter: false };
  if (/^[ \t\r\n]-\}\}/.test(rest)) return { tokens: [], end: close + 6, trimAfter: true };
  throw fail(close, 'comment ends before closing delimiter');
}

function lexToken(source: string, at: number, fail: ActionOf['fail']): TemplateToken {
  const first = source.charAt(at);
  if (first === '"' || first === '`' || first === "'") {
    const end = findStringEnd(source, at);
    const what = { '"': 'quoted string', '`': 'raw quoted string', "'": 'character constant' }[first];
    if (end === -1) throw fail(at, `unterminated ${what}`);
    return { kind: first === "'" ? 'char' : 'string', text: source.slice(at, end), pos: at };
  }
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) return { kind, text: found[0], pos: at };
  }
  const code = (source.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw fail(at, `unrecognized character in action: U+${code} '${String.fromCodePoint(source.codePointAt(at) ?? 0)}'`);
}
