// Pattern expressions, `<ip> - <_> "<method> <path>"`: literal text between captures. Used by `| pattern` (named captures)
// and by the line filters |> and !> (unnamed ones only).
import { StageRefusal } from './stage.ts';

type Piece = { readonly literal: string } | { readonly capture: string };

const nowhere = { start: 0, end: 0 };

export class PatternExpression {
  readonly #pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  /** Names of the captures that are not `_`, in order. */
  get names(): string[] {
    return this.#pieces.flatMap((piece) => ('capture' in piece && piece.capture !== '_' ? [piece.capture] : []));
  }

  /** @throws StageRefusal unless there is a named capture and no two share a name. */
  requireNames(): this {
    const seen = new Set<string>();
    if (this.names.length === 0) throw new StageRefusal(nowhere, 'at least one capture is required');
    for (const name of this.names) {
      if (seen.has(name)) throw new StageRefusal(nowhere, `duplicate capture name (${name}): invalid expression`);
      seen.add(name);
    }
    return this;
  }

  /** @throws StageRefusal if a capture has a name, as |> and !> allow none. */
  requireNoNames(): this {
    const [name] = this.names;
    if (name !== undefined) throw new StageRefusal(nowhere, `named captures are not allowed: found '<${name}>'`);
    return this;
  }

  /**
   * The texts of the named captures of a line, in order; fewer when the line ends early. A capture that is not followed
   * by its literal takes the rest of the line.
   */
  capture(line: string): string[] {
    const found: string[] = [];
    let rest = line;
    let pieces = this.#pieces;
    const [first] = pieces;
    if (line === '' || first === undefined) return found;
    if ('literal' in first) {
      if (!rest.startsWith(first.literal)) return found;
      rest = rest.slice(first.literal.length);
      pieces = pieces.slice(1);
    }
    for (let i = 0; i < pieces.length; i += 2) {
      const piece = pieces[i];
      const name = piece !== undefined && 'capture' in piece ? piece.capture : '_';
      const next = pieces[i + 1];
      const literal = next !== undefined && 'literal' in next ? next.literal : '';
      const at = literal === '' ? -1 : rest.indexOf(literal);
      if (name !== '_') found.push(at === -1 ? rest : rest.slice(0, at));
      if (at === -1) return found;
      rest = rest.slice(at + literal.length);
    }
    return found;
  }

  /** Does the line fit? A capture takes at least one character; text before the first literal does not matter. */
  matches(line: string): boolean {
    const pieces = this.#pieces;
    if (line === '' || pieces.length === 0) return line === '' && pieces.length === 0;
    let at = 0;
    for (const [index, piece] of pieces.entries()) {
      if (!('literal' in piece)) continue;
      const found = line.indexOf(piece.literal, at);
      if (found === -1 || (index > 0 && found === at)) return false;
      at = found + piece.literal.length;
    }
    const last = pieces.at(-1);
    return at === line.length || (last !== undefined && 'capture' in last);
  }
}

const capturePattern = /<([A-Za-z_][A-Za-z0-9_]*)>/g;

/** Reads a pattern expression. @throws StageRefusal when two captures touch. */
export function compilePattern(expression: string): PatternExpression {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of expression.matchAll(capturePattern)) {
    const name = found[1] ?? '';
    if (found.index > at) pieces.push({ literal: expression.slice(at, found.index) });
    const before = pieces.at(-1);
    if (before !== undefined && 'capture' in before) {
      const both = `<${before.capture}><${name}>`;
      throw new StageRefusal(nowhere, `found consecutive capture '${both}': invalid expression`);
    }
    pieces.push({ capture: name });
    at = found.index + found[0].length;
  }
  if (at < expression.length) pieces.push({ literal: expression.slice(at) });
  return new PatternExpression(pieces);
}
