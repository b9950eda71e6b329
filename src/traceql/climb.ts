// Precedence climbing, shared by field expressions, scalar arithmetic and operators on spansets.
import type { TokenStream } from './token-stream.ts';

/** How the operators of one family are read. */
export interface OperatorFamily<Node> {
  /** Higher binds tighter. */
  readonly precedence: Readonly<Record<string, number>>;
  readonly operand: (stream: TokenStream) => Node;
  readonly make: (op: string, left: Node, right: Node) => Node;
}

/** Reads operators that bind tighter than `minimum`; `^` groups to the right, all others to the left. */
export function climb<Node>(stream: TokenStream, first: Node, minimum: number, family: OperatorFamily<Node>): Node {
  let left = first;
  for (;;) {
    const op = stream.peek().kind;
    const precedence = family.precedence[op];
    if (precedence === undefined || precedence <= minimum) return left;
    stream.next();
    const right = climb(stream, family.operand(stream), op === '^' ? precedence - 1 : precedence, family);
    left = family.make(op, left, right);
  }
}
