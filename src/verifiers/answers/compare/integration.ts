// "+ C" behind an indefinite integral: any capital letter usual for it, on either side, or (if the convention allows) on one side only. Only where the
// rest has a small letter in it, so that A + C, the sum of two angles, is no integral.
import type { Node } from '../latex/node.ts';
import { variablesOf } from '../latex/substitute.ts';

const constants = new Set(['C', 'K', 'D', 'c', 'k', 'C_1', 'c_1']);

/** Both expressions without their constants; null when there is nothing to take off. */
export function integrals(a: Node, b: Node, isOptional: boolean): readonly [Node, Node] | null {
  const [x, y] = [withoutConstant(a), withoutConstant(b)];
  if (x && y) return [x.rest, y.rest];
  if (!isOptional) return null;
  if (x && x.name === 'C' && !variablesOf(b).has('C')) return [x.rest, b];
  return y && y.name === 'C' && !variablesOf(a).has('C') ? [a, y.rest] : null;
}

function withoutConstant(node: Node): { rest: Node; name: string } | null {
  if (node.k !== 'add') return null;
  const places = node.a.filter(a => a.k === 'sym' && constants.has(a.s));
  const [only] = places;
  if (places.length !== 1 || only?.k !== 'sym') return null;
  const others = node.a.filter(a => a !== only);
  const rest: Node = others.length === 1 ? others[0]! : { k: 'add', a: others };
  const names = [...variablesOf(rest)];
  return names.includes(only.s) || !names.some(name => /^[a-z]$/i.test(name) && !constants.has(name)) ? null : { rest, name: only.s };
}
