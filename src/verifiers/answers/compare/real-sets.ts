// Subsets of the real line as sorted intervals: what (0,1), [2,\infty), \{-1\} \cup [0,7), x < 2, |z| <= 1 and R \setminus \{0\} have in common. Two of
// them are the same when their ends are, exactly. Anything that is no such set (letters as ends) is null and compared as written.
import { budgetOf, within } from '../budget.ts';
import { ZERO } from '../exact/fraction.ts';
import { type Node, num, sym } from '../latex/node.ts';
import { complexValue } from '../numeric/complex.ts';
import { boundsOf } from './bounds.ts';
import type { Context } from './context.ts';
import { sameExpression } from './expressions.ts';

export interface End {
  readonly x: number;
  readonly node: Node;
  readonly isClosed: boolean;
}

export interface Interval {
  readonly low: End;
  readonly high: End;
}

export type RealSet = readonly Interval[];

const MOST = 60;
const infinity = (sign: 1 | -1): End => ({
  x: sign * Number.POSITIVE_INFINITY,
  node: sign > 0 ? sym('inf') : { k: 'neg', a: sym('inf') },
  isClosed: false,
});
export const LINE: RealSet = [{ low: infinity(-1), high: infinity(1) }];

/** The set a tree describes, or null. */
export function realSetOf(node: Node): RealSet | null {
  switch (node.k) {
    case 'tuple':
      return node.a.length === 2 && node.open !== '<' ? intervalOf(node.a[0]!, node.a[1]!, node.open === '[', node.close === '[') : null;
    case 'set':
      return pointsOf(node.a);
    case 'sym':
      return node.s === 'empty' ? [] : node.s === '|R|' ? LINE : null;
    case 'setop':
      return operated(node.op, realSetOf(node.a), realSetOf(node.b));
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

/** The real number an end is, or null. */
export function endValue(node: Node): number | null {
  const value = within(null, () => complexValue(node, new Map(), budgetOf(300)));
  if (!value || Number.isNaN(value.re) || Math.abs(value.im) > 1e-12) return null;
  return value.re;
}

function intervalOf(a: Node, b: Node, isLowClosed: boolean, isHighClosed: boolean): RealSet | null {
  const [x, y] = [endValue(a), endValue(b)];
  if (x === null || y === null || x > y || (x === y && !(isLowClosed && isHighClosed))) return null;
  const [low, high] = [end(x, a, isLowClosed), end(y, b, isHighClosed)];
  return [{ low, high }];
}

/** Infinity is never in. */
export const end = (x: number, node: Node, isClosed: boolean): End => ({ x, node, isClosed: isClosed && Number.isFinite(x) });

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

const near = (x: number, y: number): boolean =>
  x === y || (Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= 1e-12 * Math.max(1, Math.abs(x), Math.abs(y)));

export function union(a: RealSet, b: RealSet): RealSet {
  const sorted = [...a, ...b].sort((s, t) =>
    near(s.low.x, t.low.x) ? Number(t.low.isClosed) - Number(s.low.isClosed) : s.low.x - t.low.x,
  );
  const out: Interval[] = [];
  for (const next of sorted) {
    const last = out.at(-1);
    const touches = last && (last.high.x > next.low.x || (near(last.high.x, next.low.x) && (last.high.isClosed || next.low.isClosed)));
    if (last && touches) out[out.length - 1] = { low: last.low, high: further(last.high, next.high) };
    else out.push(next);
  }
  return out;
}

function further(a: End, b: End): End {
  if (near(a.x, b.x)) return a.isClosed ? a : b;
  return a.x > b.x ? a : b;
}

export function intersection(a: RealSet, b: RealSet): RealSet {
  const out: Interval[] = [];
  for (const s of a) {
    for (const t of b) {
      const low = near(s.low.x, t.low.x) ? (s.low.isClosed ? t.low : s.low) : s.low.x > t.low.x ? s.low : t.low;
      const high = near(s.high.x, t.high.x) ? (s.high.isClosed ? t.high : s.high) : s.high.x < t.high.x ? s.high : t.high;
      const isPoint = near(low.x, high.x);
      if ((isPoint && low.isClosed && high.isClosed) || (!isPoint && low.x < high.x)) out.push({ low, high });
    }
  }
  return out;
}

function complement(a: RealSet): RealSet {
  let out = LINE;
  for (const { low, high } of a) {
    const below: Interval = { low: infinity(-1), high: { ...low, isClosed: !low.isClosed && Number.isFinite(low.x) } };
    const above: Interval = { low: { ...high, isClosed: !high.isClosed && Number.isFinite(high.x) }, high: infinity(1) };
    out = intersection(
      out,
      [below, above].filter(i => i.low.x < i.high.x),
    );
  }
  return out;
}

/** {z : |z| in a}. */
export function mirrored(a: RealSet): RealSet {
  const positive = intersection(a, [{ low: end(0, num(ZERO), true), high: infinity(1) }]);
  const flip = (e: End): End => ({ ...e, x: -e.x, node: { k: 'neg', a: e.node } });
  return union(
    positive,
    positive.map(({ low, high }) => ({ low: flip(high), high: flip(low) })),
  );
}

/** Whether two sets have the same ends, open and closed alike. */
export function sameRealSet(a: RealSet, b: RealSet, context: Context): boolean {
  return a.length === b.length && a.every((s, i) => sameEnd(s.low, b[i]!.low, context) && sameEnd(s.high, b[i]!.high, context));
}

function sameEnd(a: End, b: End, context: Context): boolean {
  if (a.isClosed !== b.isClosed) return false;
  if (!Number.isFinite(a.x) || !Number.isFinite(b.x)) return a.x === b.x;
  return sameExpression(a.node, b.node, context);
}
