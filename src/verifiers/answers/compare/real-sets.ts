// Trees that describe a subset of the real line: what (0,1), [2,\infty), \{-1\} \cup [0,7), x < 2, |z| <= 1 and R \setminus \{0\} have in common. Anything
// that is no such set (letters as ends) is null and compared as written. The sets themselves are in line.ts.
import type { Node } from '../latex/node.ts';
import { boundsOf, unknownsIn } from './bounds.ts';
import { complement, end, endValue, intersection, LINE, type RealSet, union } from './line.ts';

const MOST = 60;

/** The set a tree describes, or null. */
export const realSetOf = (node: Node): RealSet | null => (unknownsOf(node).size > 1 ? null : setOf(node));

/** What the conditions speak of: x of x > 2; what \{x : x > 2\} binds is not among it. */
export function unknownsOf(node: Node): ReadonlySet<string> {
  if (node.k === 'rel') return new Set((node.ops[0] === 'in' ? node.a.slice(0, 1) : node.a).flatMap(unknownsIn));
  return new Set(node.k === 'list' ? node.a.flatMap(item => [...unknownsOf(item)]) : []);
}

function setOf(node: Node): RealSet | null {
  switch (node.k) {
    case 'tuple':
      return node.a.length === 2 && node.open !== '<' ? intervalOf(node.a[0]!, node.a[1]!, node.open === '[', node.close === '[') : null;
    case 'set':
      return pointsOf(node.a);
    case 'sym':
      return node.s === 'empty' ? [] : node.s === '|R|' ? LINE : null;
    case 'setop':
      return operated(node.op, realSetOf(node.a), realSetOf(node.b));
    case 'add':
      return withoutPoints(node.a);
    case 'rel':
      return relationSet(node);
    case 'builder':
      return builderSet(node.element, node.condition);
    case 'list':
      return listSet(node.a);
    default:
      return null;
  }
}

/** R - \{0, 1\}: a minus where a set stands on both sides. */
function withoutPoints([first, second, ...more]: readonly Node[]): RealSet | null {
  if (more.length > 0 || first === undefined || second?.k !== 'neg' || second.a.k !== 'set') return null;
  return operated('minus', setOf(first), setOf(second.a));
}

function builderSet(element: Node, condition: Node): RealSet | null {
  const isTyped = element.k === 'rel' && element.ops.length === 1 && element.ops[0] === 'in';
  const domain = isTyped ? realSetOf(element.a[1]!) : LINE;
  const inside = realSetOf(condition);
  return domain && inside && intersection(domain, inside);
}

/** Conditions one after the other: all of them where they have something in common ("x > 1, x < 3"), else any ("x < 1 or x > 3"). */
function listSet(items: readonly Node[]): RealSet | null {
  if (!items.every(item => item.k === 'rel')) return null;
  const sets = items.map(realSetOf);
  if (!sets.every(s => s !== null)) return null;
  const all = sets.reduce(intersection);
  return all.length > 0 && !sets.some(s => s.length === 0) ? all : sets.reduce(union);
}

const isOrder = (op: string): boolean => op === '<' || op === '>' || op === '<=' || op === '>=' || op === '!=';

function relationSet(node: Node & { k: 'rel' }): RealSet | null {
  if (node.ops.length === 1 && node.ops[0] === 'in') return realSetOf(node.a[1]!);
  if (!node.ops.every(isOrder)) return null;
  let out = LINE;
  for (const [i, op] of node.ops.entries()) {
    const part = boundsOf(node.a[i]!, op as '<', node.a[i + 1]!);
    if (!part) return null;
    out = intersection(out, part);
  }
  return out;
}

function intervalOf(a: Node, b: Node, isLowClosed: boolean, isHighClosed: boolean): RealSet | null {
  const [x, y] = [endValue(a), endValue(b)];
  if (x === null || y === null || x > y || (x === y && !(isLowClosed && isHighClosed))) return null;
  const [low, high] = [end(x, a, isLowClosed), end(y, b, isHighClosed)];
  return [{ low, high }];
}

function pointsOf(items: readonly Node[]): RealSet | null {
  const sets = items.map(item => {
    const x = endValue(item);
    return x === null || !Number.isFinite(x) ? null : [{ low: end(x, item, true), high: end(x, item, true) }];
  });
  return sets.every(s => s !== null) && sets.length <= MOST ? sets.reduce<RealSet>(union, []) : null;
}

function operated(op: 'union' | 'intersection' | 'minus', a: RealSet | null, b: RealSet | null): RealSet | null {
  if (!a || !b) return null;
  if (op === 'union') return union(a, b);
  return op === 'intersection' ? intersection(a, b) : intersection(a, complement(b));
}
