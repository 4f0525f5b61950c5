// ± and ∓ in a tree read once with the upper signs and once with the lower ones.
import type { Node } from '../latex/node.ts';

/** The tree with every ± as + (side 1) or - (side -1), and every ∓ the other way. */
export function substitutedSigns(node: Node, side: 1 | -1): Node {
  const inside = (a: Node): Node => substitutedSigns(a, side);
  switch (node.k) {
    case 'pm':
      return node.upper === side ? inside(node.a) : { k: 'neg', a: inside(node.a) };
    case 'num':
    case 'sym':
    case 'based':
      return node;
    case 'div':
    case 'pow':
    case 'setop':
      return { ...node, a: inside(node.a), b: inside(node.b) };
    case 'neg':
    case 'quantity':
    case 'percent':
    case 'degree':
      return { ...node, a: inside(node.a) };
    case 'builder':
      return { ...node, element: inside(node.element), condition: inside(node.condition) };
    case 'matrix':
      return { ...node, rows: node.rows.map(row => row.map(inside)) };
    default:
      return { ...node, a: node.a.map(inside) };
  }
}
