// Two expressions without units: first exactly, then, only where exact arithmetic cannot tell, by probing. Rounded decimals and the
// constant of integration are conventions and come last.
import type { Rational } from '../../rational.ts';
import { type Budget, budgetOf, within } from '../budget.ts';
import { canonical } from '../exact/canonical.ts';
import { absolute, isSame, isWhole, toNumber } from '../exact/fraction.ts';
import { difference, isRelated, type Quotient, rationalValue } from '../exact/quotient.ts';
import { type Node, some } from '../latex/node.ts';
import { complexValue } from '../numeric/complex.ts';
import { probe } from '../numeric/probe.ts';
import { type Context, decided } from './context.ts';
import { integrals } from './integration.ts';

const STEPS = 2500;
/** Values by tree, with what they cost: a value that is kept is charged again, so that no verdict depends on what was judged before. */
const values = new WeakMap<Node, { readonly value: Quotient | null; readonly cost: number }>();

/** The exact value of an expression; null when there is none within the budget. */
export function exactValue(node: Node, shared: Budget = budgetOf(STEPS)): Quotient | null {
  const there = values.get(node);
  if (there) {
    const isAffordable = there.cost <= shared.steps;
    shared.steps = isAffordable ? shared.steps - there.cost : 0;
    return isAffordable ? there.value : null;
  }
  const allowed = Math.min(STEPS, shared.steps);
  const budget = budgetOf(allowed);
  const value = within(null, () => canonical(node, budget));
  const cost = value ? allowed - budget.steps : allowed;
  shared.steps -= cost;
  if (value || allowed === STEPS) values.set(node, { value, cost });
  return value;
}

/** Whether two expressions have the same value, by mathematics alone or within the rounding convention. */
export function sameExpression(a: Node, b: Node, context: Context): boolean {
  if (--context.left < 0) return decided(context, false, 'too much to compare');
  const exact = exactly(a, b, context.budget);
  if (exact === 'equal')
    return isSimplified(a, b, context) ? decided(context, true, 'equal exactly') : decided(context, false, 'equal, but not simplified');
  if (isRounding(a, b, context)) return decided(context, true, `equal within ${context.conventions.rounding}`);
  if (exact === 'different') return sameIntegral(a, b, context) || decided(context, false, 'not equal exactly');
  const probed = probe(a, b, context.budget);
  if (probed === 'equal') return decided(context, true, 'equal at every point tried');
  return (
    sameIntegral(a, b, context) || decided(context, false, probed === 'different' ? 'not equal at a point' : 'could not be shown equal')
  );
}

type Decision = 'equal' | 'different' | 'unknown';

function exactly(a: Node, b: Node, shared: Budget): Decision {
  const [x, y] = [exactValue(a, shared), exactValue(b, shared)];
  if (!x || !y) return 'unknown';
  const [m, n] = [rationalValue(x), rationalValue(y)];
  if (m && n) return isSame(m, n) ? 'equal' : 'different';
  const rest = within(null, () => difference(x, y, shared));
  if (!rest) return 'unknown';
  if (rest.size === 0) return 'equal';
  return isRelated(x) || isRelated(y) ? 'unknown' : 'different';
}

/** Whether a decimal stands for the other value as a floating-point number or a rounding would. */
function isRounding(a: Node, b: Node, { conventions }: Context): boolean {
  const tolerance = Number(conventions.rounding);
  if (tolerance === 0) return false;
  const [x, y] = [shownDecimals(a), shownDecimals(b)];
  if (x === null && y === null) return false;
  const [u, v] = [approximate(a), approximate(b)];
  if (u === null || v === null || u === 0 || v === 0) return false;
  const gap = Math.abs(u - v);
  const isNear = gap <= tolerance * Math.max(Math.abs(u), Math.abs(v));
  return isNear && gap <= allowedBy(Math.min(x ?? 99, y ?? 99), tolerance);
}

/** Half a unit of the last digit shown; ten of them where it is a float's noise. */
const allowedBy = (decimals: number, tolerance: number): number =>
  tolerance > 1e-8 ? Number.POSITIVE_INFINITY : decimals >= 9 ? 10 ** (1 - decimals) : 0.51 * 10 ** -decimals;

/** Digits after the point of a decimal; for a fraction with a denominator only a float has, as many as a float has. Null for exact values. */
function shownDecimals(node: Node): number | null {
  if (node.k === 'neg') return shownDecimals(node.a);
  if (node.k === 'num' && node.decimals !== null && !isWhole(node.v)) return node.decimals;
  if (node.k === 'num' && node.decimals === null && node.v.d >= 1_000_000_000n) return 15;
  if (node.k === 'mul' && node.a.length === 2 && node.a[1]!.k === 'pow') return shownDecimals(node.a[0]!) === null ? null : 15;
  return node.k === 'div' && node.b.k === 'num' && absolute(node.b.v.n) >= 1_000_000_000n ? 15 : null;
}

function approximate(node: Node): number | null {
  const exact = node.k === 'num' ? node.v : null;
  const value = exact ? toNumber(exact) : within(null, () => complexValue(node, new Map(), budgetOf(500)));
  if (value === null) return null;
  const number = typeof value === 'number' ? value : value.im === 0 ? value.re : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

function sameIntegral(a: Node, b: Node, context: Context): boolean {
  if (context.conventions.integrationConstant !== 'optional' && context.conventions.integrationConstant !== 'required') return false;
  const pair = integrals(a, b, context.conventions.integrationConstant === 'optional');
  return pair !== null && sameExpression(pair[0], pair[1], context) && decided(context, true, 'equal up to the constant of integration');
}

/** For the conventions that refuse 2+2 and 2/4: whether both, where they are plain numbers, are written as one. */
function isSimplified(a: Node, b: Node, { conventions }: Context): boolean {
  if (conventions.unreduced === 'refused' && isUnreduced(a) !== isUnreduced(b)) return false;
  return conventions.unsimplified === 'accepted' || isLiteral(a) === isLiteral(b);
}

const isUnreduced = (node: Node): boolean =>
  some(node, n => n.k === 'div' && n.a.k === 'num' && n.b.k === 'num' && sharesFactor(n.a.v, n.b.v));

const sharesFactor = (a: Rational, b: Rational): boolean => {
  let [x, y] = [absolute(a.n), absolute(b.n)];
  while (y !== 0n) [x, y] = [y, x % y];
  return isWhole(a) && isWhole(b) && (x > 1n || b.n === 1n);
};

/** A number written as a number: 4, -1/2, 0.25; a formula with letters counts as written. */
function isLiteral(node: Node): boolean {
  const value = exactValue(node);
  if (!value || rationalValue(value) === null) return true;
  if (node.k === 'num') return true;
  if (node.k === 'neg') return isLiteral(node.a);
  return node.k === 'div' && node.a.k === 'num' && node.b.k === 'num';
}
