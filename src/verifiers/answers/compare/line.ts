// Subsets of the real line as sorted intervals, and what is done with them: union, intersection, complement, mirror, whether two are the same. An end is a
// number to sort by and a tree to compare exactly. What trees become such sets is the business of real-sets.ts and bounds.ts.
import type { Rational } from '../../rational.ts';
import { budgetOf, within } from '../budget.ts';
import { toNumber, ZERO } from '../exact/fraction.ts';
import { type Node, num, sym } from '../latex/node.ts';
import { complexValue } from '../numeric/complex.ts';
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

const infinity = (sign: 1 | -1): End => ({
  x: sign * Number.POSITIVE_INFINITY,
  node: sign > 0 ? sym('inf') : { k: 'neg', a: sym('inf') },
  isClosed: false,
});
export const LINE: RealSet = [{ low: infinity(-1), high: infinity(1) }];

/** The real number an end is, or null. */
export function endValue(node: Node): number | null {
  const value = within(null, () => complexValue(node, new Map(), budgetOf(300)));
  if (!value || Number.isNaN(value.re) || Math.abs(value.im) > 1e-12) return null;
  return value.re;
}

/** Infinity is never in. */
export const end = (x: number, node: Node, isClosed: boolean): End => ({ x, node, isClosed: isClosed && Number.isFinite(x) });

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

export function complement(a: RealSet): RealSet {
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

/** {x : slope x + offset in a}. */
export function moved(a: RealSet, slope: Rational, offset: Rational): RealSet {
  const isTurned = slope.n < 0n;
  const back = (e: End): End => {
    if (!Number.isFinite(e.x)) return infinity(isTurned === e.x > 0 ? -1 : 1);
    const node: Node = { k: 'div', a: { k: 'add', a: [e.node, { k: 'neg', a: num(offset) }] }, b: num(slope) };
    return { ...e, x: (e.x - toNumber(offset)) / toNumber(slope), node };
  };
  return union(
    [],
    a.map(({ low, high }) => (isTurned ? { low: back(high), high: back(low) } : { low: back(low), high: back(high) })),
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
