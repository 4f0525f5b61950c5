// A tree with every occurrence of a variable replaced, and the variables of a tree.
import type { Node } from './node.ts';
import { childrenOf } from './node.ts';

/** `node` with `by` for the variable `name`. */
export function substituted(node: Node, name: string, by: Node): Node {
  const inside = (a: Node): Node => substituted(a, name, by);
  switch (node.k) {
    case 'num':
    case 'based':
      return node;
    case 'sym':
      return node.s === name ? by : node;
    case 'div':
    case 'pow':
    case 'setop':
      return { ...node, a: inside(node.a), b: inside(node.b) };
    case 'neg':
    case 'pm':
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

const constants = new Set(['pi', 'e', 'i', 'inf', 'empty', 'none', 'dots']);

/** The variables of an expression, without constants. */
export function variablesOf(node: Node, into: Set<string> = new Set()): Set<string> {
  if (node.k === 'sym' && !constants.has(node.s) && !node.s.startsWith('|')) into.add(node.s);
  for (const child of childrenOf(node)) variablesOf(child, into);
  return into;
}
