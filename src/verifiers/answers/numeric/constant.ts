// The fraction that an exponent or degree is, read off the tree: 2, -1, 2/3, 0.5. Null for anything else.
import type { Rational } from '../../rational.ts';
import { divide, negate } from '../exact/fraction.ts';
import type { Node } from '../latex/node.ts';

export function constantFraction(node: Node): Rational | null {
  if (node.k === 'num') return node.v;
  if (node.k === 'neg') {
    const inside = constantFraction(node.a);
    return inside && negate(inside);
  }
  if (node.k !== 'div') return null;
  const [a, b] = [constantFraction(node.a), constantFraction(node.b)];
  return a && b && b.n !== 0n ? divide(a, b) : null;
}
