// One inequality as a set: x < 5, 5 >= x, -x >= -1, 2x + 1 < 7, 0 < f(x), |z - 3| <= 3/2, x != 3. It must be linear in one unknown, whatever that is
// called; the bound of an absolute value |z - 3| bounds z on both sides.
import { budgetOf, within } from '../budget.ts';
import { toNumber, ZERO } from '../exact/fraction.ts';
import { difference, numberOf } from '../exact/quotient.ts';
import type { Powers, Sum, Term } from '../exact/sum.ts';
import type { Node } from '../latex/node.ts';
import { variablesOf } from '../latex/substitute.ts';
import { exactValue } from './expressions.ts';
import { end, endValue, LINE, mirrored, moved, type RealSet } from './line.ts';
import { nameKey } from './relations.ts';

type Order = '<' | '>' | '<=' | '>=' | '!=';
const flipped: Readonly<Record<Order, Order>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '!=': '!=' };

/** What `a op b` says of the one unknown in it; null when it is not linear in one. */
export function boundsOf(a: Node, op: Order, b: Node): RealSet | null {
  const [x, y] = [endValue(a), endValue(b)];
  if (x === null && y !== null && isUnknown(a)) return ofUnknown(a, bounded(op, b, y));
  if (y === null && x !== null && isUnknown(b)) return ofUnknown(b, bounded(flipped[op], a, x));
  return linear(a, op, b);
}

/** What an inequality speaks of, as names: x, y for f(x), z for |z - 3|. */
export function unknownsIn(node: Node): readonly string[] {
  if (endValue(node) !== null) return [];
  if (node.k === 'fn' && node.f.startsWith('of ')) return [nameKey({ k: 'sym', s: 'y' })]; // y = 2x and f(x) = 2x name one thing
  return isName(node) ? [nameKey(node)] : [...variablesOf(node)].map(s => nameKey({ k: 'sym', s }));
}

/** f(x), x_1, an angle, the length of a segment: one thing with a name. */
const isName = (node: Node): boolean => node.k === 'sym' || (node.k === 'fn' && /^(?:of |index|angle|bar)/.test(node.f));

const isUnknown = (node: Node): boolean => variablesOf(node).size > 0 && (isName(node) || isAbsolute(node));
const isAbsolute = (node: Node): node is Node & { k: 'fn' } => node.k === 'fn' && node.f === 'abs';

/** The set of the unknown where `set` is that of its name or its absolute value. */
function ofUnknown(node: Node, set: RealSet): RealSet | null {
  if (!isAbsolute(node)) return set;
  const inside = node.a[0]!;
  if (isName(inside)) return mirrored(set);
  const value = exactValue(inside);
  const parts = value && variablesOf(inside).size === 1 && within(null, () => slopeOf(difference(value, numberOf(ZERO), budgetOf(2000))));
  return parts ? moved(mirrored(set), parts.slope, parts.offset) : null;
}

function bounded(op: Order, node: Node, x: number): RealSet {
  const [below, above] = [LINE[0]!.low, LINE[0]!.high];
  switch (op) {
    case '<':
    case '<=':
      return [{ low: below, high: end(x, node, op === '<=') }];
    case '>':
    case '>=':
      return [{ low: end(x, node, op === '>='), high: above }];
    default:
      return [
        { low: below, high: end(x, node, false) },
        { low: end(x, node, false), high: above },
      ];
  }
}

function linear(a: Node, op: Order, b: Node): RealSet | null {
  const [x, y] = [exactValue(a), exactValue(b)];
  const rest = x && y && within(null, () => difference(x, y, budgetOf(2000)));
  const parts = rest && slopeOf(rest);
  if (!parts || variablesOf(a, variablesOf(b)).size !== 1) return null;
  const { slope, offset } = parts;
  const bound: Node = { k: 'div', a: { k: 'neg', a: { k: 'num', v: offset, decimals: null } }, b: { k: 'num', v: slope, decimals: null } };
  return bounded(slope.n < 0n ? flipped[op] : op, bound, -toNumber(offset) / toNumber(slope));
}

/** c x + d with numbers c and d. */
function slopeOf(rest: Sum): { slope: Term['c']; offset: Term['c'] } | null {
  let slope: Term['c'] | null = null;
  let offset: Term['c'] = { n: 0n, d: 1n };
  for (const { c, powers } of rest.values()) {
    if (powers.length === 0) offset = c;
    else if (slope === null && isLinear(powers)) slope = c;
    else return null;
  }
  return slope && { slope, offset };
}

const isLinear = (powers: Powers): boolean =>
  powers.length === 1 && powers[0]![0].startsWith('$') && powers[0]![1].n === 1n && powers[0]![1].d === 1n;
