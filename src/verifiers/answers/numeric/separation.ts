// How near zero a number built from whole numbers by + - * / and roots can be without being zero: the bound of Burnikel, Funke, Mehlhorn, Schirra and
// Schmitt ("A separation bound for real algebraic expressions", 2001). With it, enough digits decide equality of nested roots exactly:
// if E is not 0 then |E| >= 1 / (u^(D^2-1) * l), where D is the product of the degrees of the different roots in E.
import { bitLength } from '../exact/fraction.ts';
import type { Node } from '../latex/node.ts';
import { constantFraction } from './constant.ts';

/** log2 of u and l. */
interface Bound {
  readonly u: number;
  readonly l: number;
}

/** Bits that tell E from 0; null when E is not built from whole numbers, four operations and roots alone. */
export function separationBits(node: Node): number | null {
  const degrees = new Map<string, number>();
  const bound = boundOf(node, degrees);
  if (!bound) return null;
  let degree = 1;
  for (const d of degrees.values()) degree *= d;
  return (degree * degree - 1) * Math.max(bound.u, 1) + Math.max(bound.l, 0) + 2;
}

const sum = (a: Bound, b: Bound): Bound => ({ u: Math.max(a.u + b.l, a.l + b.u) + 1, l: a.l + b.l });
const product = (a: Bound, b: Bound): Bound => ({ u: a.u + b.u, l: a.l + b.l });
const quotient = (a: Bound, b: Bound): Bound => ({ u: a.u + b.l, l: a.l + b.u });

function boundOf(node: Node, degrees: Map<string, number>): Bound | null {
  switch (node.k) {
    case 'num':
      return { u: bitLength(node.v.n), l: bitLength(node.v.d) };
    case 'neg':
      return boundOf(node.a, degrees);
    case 'add':
    case 'mul':
      return folded(node.a, degrees, node.k === 'add' ? sum : product);
    case 'div':
      return folded([node.a, node.b], degrees, quotient);
    case 'pow':
      return powerBound(node.a, node.b, degrees);
    case 'fn':
      return node.f === 'root'
        ? powerBound(node.a[0]!, { k: 'div', a: { k: 'num', v: { n: 1n, d: 1n }, decimals: null }, b: node.a[1]! }, degrees)
        : null;
    default:
      return null;
  }
}

function folded(nodes: readonly Node[], degrees: Map<string, number>, join: (a: Bound, b: Bound) => Bound): Bound | null {
  const bounds = nodes.map(n => boundOf(n, degrees));
  return bounds.every(b => b !== null) ? bounds.reduce(join) : null;
}

function powerBound(base: Node, exponent: Node, degrees: Map<string, number>): Bound | null {
  const e = constantFraction(exponent);
  const inside = e && boundOf(base, degrees);
  if (!inside) return null;
  const [n, d] = [Math.abs(Number(e.n)), Number(e.d)];
  if (d > 1) degrees.set(`${d} ${JSON.stringify(base, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`, d);
  const out: Bound = { u: (inside.u * n) / d, l: (inside.l * n) / d };
  return e.n < 0n ? { u: out.l, l: out.u } : out;
}
