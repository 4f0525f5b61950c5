// ± and ∓ in a tree read once with the upper signs and once with the lower ones.
import { type Node, withChildren } from '../latex/node.ts';

/** The tree with every ± as + (side 1) or - (side -1), and every ∓ the other way. */
export function substitutedSigns(node: Node, side: 1 | -1): Node {
  const inside = (a: Node): Node => substitutedSigns(a, side);
  if (node.k !== 'pm') return withChildren(node, inside);
  return node.upper === side ? inside(node.a) : { k: 'neg', a: inside(node.a) };
}
