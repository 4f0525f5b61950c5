// A tree with every occurrence of a variable replaced, and the variables of a tree.
import type { Node } from './node.ts';
import { childrenOf, withChildren } from './node.ts';

/** `node` with `by` for the variable `name`. */
export function substituted(node: Node, name: string, by: Node): Node {
  if (node.k === 'sym') return node.s === name ? by : node;
  return withChildren(node, child => substituted(child, name, by));
}

const constants = new Set(['pi', 'e', 'i', 'inf', 'empty', 'none', 'dots']);

/** The variables of an expression, without constants. */
export function variablesOf(node: Node, into: Set<string> = new Set()): Set<string> {
  if (node.k === 'sym' && !constants.has(node.s) && !node.s.startsWith('|')) into.add(node.s);
  for (const child of childrenOf(node)) variablesOf(child, into);
  return into;
}
