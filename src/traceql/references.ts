// Which attributes an expression speaks of.
import type * as ast from './ast.ts';

/** The attributes of an expression, in its order. */
export function referencesOf(node: ast.FieldExpression): ast.AttributeRef[] {
  if (node.type === 'attribute') return [node.ref];
  if (node.type === 'binary') return [...referencesOf(node.left), ...referencesOf(node.right)];
  return 'operand' in node ? referencesOf(node.operand) : [];
}
