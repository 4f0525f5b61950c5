// What an answer says, as a tree: numbers, symbols, operations, and the containers answers come in. Only notation is gone: nothing here is
// computed, so 2/4 is still a quotient and x = 5 still has its left side.
import type { Rational } from '../../rational.ts';

export type Bracket = '(' | '[' | '<';

export type Node =
  /** `decimals` is how many digits stood after the point; null when no point was written. */
  | { readonly k: 'num'; readonly v: Rational; readonly decimals: number | null }
  /** A variable, or one of the constants pi, e, i, inf, empty, R. */
  | { readonly k: 'sym'; readonly s: string }
  | { readonly k: 'add' | 'mul'; readonly a: readonly Node[] }
  | { readonly k: 'neg'; readonly a: Node }
  | { readonly k: 'div' | 'pow'; readonly a: Node; readonly b: Node }
  | { readonly k: 'fn'; readonly f: string; readonly a: readonly Node[] }
  /** Plus or minus `a`: upper is the sign read first. */
  | { readonly k: 'pm'; readonly upper: 1 | -1; readonly a: Node }
  | { readonly k: 'tuple'; readonly open: Bracket; readonly close: Bracket; readonly a: readonly Node[] }
  | { readonly k: 'set' | 'list'; readonly a: readonly Node[] }
  | { readonly k: 'builder'; readonly element: Node; readonly condition: Node }
  | { readonly k: 'matrix'; readonly rows: readonly (readonly Node[])[] }
  /** a[0] ops[0] a[1] ops[1] a[2] … */
  | { readonly k: 'rel'; readonly a: readonly Node[]; readonly ops: readonly Relation[] }
  | { readonly k: 'setop'; readonly op: SetOperator; readonly a: Node; readonly b: Node }
  /** A value with the words that follow it; `power` for cm^2. */
  | { readonly k: 'quantity'; readonly a: Node; readonly unit: string; readonly power: number }
  | { readonly k: 'percent' | 'degree'; readonly a: Node }
  | { readonly k: 'ratio'; readonly a: readonly Node[] }
  | { readonly k: 'based'; readonly digits: string; readonly base: number; readonly negative: boolean };

export type Relation = '=' | '<' | '>' | '<=' | '>=' | '!=' | '~' | 'in' | '==' | '->';
export type SetOperator = 'union' | 'intersection' | 'minus';

export const num = (v: Rational, decimals: number | null = null): Node => ({ k: 'num', v, decimals });
export const sym = (s: string): Node => ({ k: 'sym', s });
export const fn = (f: string, ...a: readonly Node[]): Node => ({ k: 'fn', f, a });

/** The parts of a node, in order. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.k) {
    case 'num':
    case 'sym':
    case 'based':
      return [];
    case 'neg':
    case 'pm':
    case 'quantity':
    case 'percent':
    case 'degree':
      return [node.a];
    case 'div':
    case 'pow':
    case 'setop':
      return [node.a, node.b];
    case 'builder':
      return [node.element, node.condition];
    case 'matrix':
      return node.rows.flat();
    default:
      return node.a;
  }
}

/** Whether a node or anything below it passes. */
export const some = (node: Node, test: (node: Node) => boolean): boolean => test(node) || childrenOf(node).some(child => some(child, test));

/** The same node over other children: `change` of each. */
export function withChildren(node: Node, change: (child: Node) => Node): Node {
  switch (node.k) {
    case 'num':
    case 'sym':
    case 'based':
      return node;
    case 'div':
    case 'pow':
    case 'setop':
      return { ...node, a: change(node.a), b: change(node.b) };
    case 'neg':
    case 'pm':
    case 'quantity':
    case 'percent':
    case 'degree':
      return { ...node, a: change(node.a) };
    case 'builder':
      return { ...node, element: change(node.element), condition: change(node.condition) };
    case 'matrix':
      return { ...node, rows: node.rows.map(row => row.map(change)) };
    default:
      return { ...node, a: node.a.map(change) };
  }
}
