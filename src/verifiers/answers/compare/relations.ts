// Equations and inequalities: taking the value out of "x = 5" and "a = b = c", comparing equations up to scale, and chains of inequalities read from either
// side. What a left side may be to be dropped is a name, however long: x, f(x), \angle ABC, NO/BO, (p, q), never 2x + z.
import { budgetOf, within } from '../budget.ts';
import { isSame, multiply, negate, ONE } from '../exact/fraction.ts';
import { difference, quotientKey } from '../exact/quotient.ts';
import { minus, type Powers, plus, powersKey, product, type Sum, scaled, sumKey, sumOf } from '../exact/sum.ts';
import type { Node, Relation } from '../latex/node.ts';
import { variablesOf } from '../latex/substitute.ts';
import { type Context, decided } from './context.ts';
import { exactValue } from './expressions.ts';

type Rel = Node & { readonly k: 'rel' };

/** A named value: x = 5; `name` is null for a chain of constants, 2 + 2 = 4. */
export interface Assignment {
  readonly name: Node | null;
  readonly value: Node;
}

const wide = /^(?:of |index|angle|triangle|bar|arrow|hat|arc|abs|norm|prime|det|dim|deg|sin|cos|tan|log|ln)/;

/** A name for something, or several put together: x, f(x), AB, NO/BO, S_1 : S_2, (p, q). */
export function isName(node: Node): boolean {
  switch (node.k) {
    case 'sym':
      return !['pi', 'e', 'i', 'inf', 'empty'].includes(node.s);
    case 'fn':
      return (wide.test(node.f) || node.f === 'binom') && variablesOf(node).size > 0;
    case 'mul':
    case 'ratio':
    case 'tuple':
      return node.a.every(isName);
    case 'div':
      return isName(node.a) && isName(node.b);
    default:
      return false;
  }
}

/** The value a relation gives a name; null when it is an equation or an inequality. */
export function assignmentOf(node: Node, { conventions }: Context): Assignment | null {
  if (node.k !== 'rel' || !node.ops.every(op => op === '=' || op === '~' || op === '==')) return null;
  const exact = node.ops.indexOf('~');
  const parts = exact > 0 ? node.a.slice(0, exact + 1) : node.a;
  if (parts.length > 2 && conventions.chains === 'whole') return null;
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (isName(first)) return { name: first, value: last };
  if (parts.length === 2 && isName(last)) return { name: last, value: first };
  if (node.ops[0] === '~') return variablesOf(first).size === 0 ? { name: null, value: first } : null;
  const isComputation = variablesOf(first).size === 0 || parts.length > 2;
  return isComputation ? { name: null, value: last } : null;
}

/** Whether two names mean the same unknown: equal, or y beside f(x). */
export function sameName(a: Node | null, b: Node | null): boolean {
  if (!a || !b) return true;
  const [x, y] = [nameKey(a), nameKey(b)];
  return x === y || (isFunctionName(a) && isFunctionName(b));
}

const isFunctionName = (node: Node): boolean => (node.k === 'sym' && node.s === 'y') || (node.k === 'fn' && node.f.startsWith('of '));

export function nameKey(node: Node): string {
  if (node.k === 'tuple') return `(${node.a.map(nameKey).join(',')})`;
  const value = exactValue(node);
  return value ? quotientKey(value) : JSON.stringify(node, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));
}

/** Whether two equations have the same solutions, as far as one is a multiple of the other. */
export function sameEquation(a: Rel, b: Rel, context: Context): boolean {
  if (a.ops.length !== 1 || b.ops.length !== 1 || a.ops[0] !== '=' || b.ops[0] !== '=') return sameInequality(a, b, context);
  if (context.conventions.equations === 'literal') {
    const isSameOrder = isZero(a.a[0]!, b.a[0]!) && isZero(a.a[1]!, b.a[1]!);
    return decided(context, isSameOrder, isSameOrder ? 'the same sides' : 'other sides');
  }
  const [x, y] = [zeroForm(a), zeroForm(b)];
  const isSame_ = x !== null && y !== null && isMultiple(x, y);
  return decided(context, isSame_, isSame_ ? 'the same equation up to scale' : 'another equation');
}

const isZero = (a: Node, b: Node): boolean => zeroForm({ k: 'rel', a: [a, b], ops: ['='] })?.size === 0;

/** Left minus right without divisors: negative powers of variables multiplied away. */
function zeroForm({ a: [left, right] }: Rel): Sum | null {
  const [x, y] = [exactValue(left!), exactValue(right!)];
  return x && y && within(null, () => cleared(difference(x, y, budgetOf(5000))));
}

function cleared(sum: Sum): Sum {
  const lowest = new Map<string, Powers[number][1]>();
  for (const { powers } of sum.values()) {
    for (const [key, e] of powers) {
      if (key[0] === '#' || key === 'i' || key === '$pi' || key === '$e') continue;
      const there = lowest.get(key);
      if (e.n < 0n && (!there || e.n * there.d < there.n * e.d)) lowest.set(key, e);
    }
  }
  if (lowest.size === 0) return sum;
  return product(sum, sumOf([{ c: ONE, powers: [...lowest].map(([key, e]) => [key, negate(e)] as const) }]), budgetOf(2000));
}

/** Whether x = k y for a constant k: the coefficients of every monomial in the variables are in one ratio. */
function isMultiple(x: Sum, y: Sum): boolean {
  const [p, q] = [byMonomial(x), byMonomial(y)];
  if (p.size !== q.size || p.size === 0) return p.size === q.size;
  const lead = [...p.keys()].sort().at(-1)!;
  const [u, v] = [p.get(lead)!, q.get(lead)];
  if (!v) return false;
  return within(false, () =>
    [...p].every(([key, c]) => {
      const d = q.get(key);
      const budget = budgetOf(3000);
      return d !== undefined && plus(product(c, v, budget), minus(product(d, u, budget))).size === 0;
    }),
  );
}

const isConstant = (key: string): boolean => key[0] === '#' || key === 'i' || key === '$pi' || key === '$e' || key.startsWith('$ln#');

/** The coefficients, which may hold roots and pi, of each product of variables. */
function byMonomial(sum: Sum): Map<string, Sum> {
  const out = new Map<string, Sum>();
  for (const { c, powers } of sum.values()) {
    const key = powersKey(powers.filter(([k]) => !isConstant(k)));
    const part = sumOf([{ c, powers: powers.filter(([k]) => isConstant(k)) }]);
    out.set(key, plus(out.get(key) ?? new Map(), part));
  }
  return out;
}

const turned: Readonly<Partial<Record<Relation, Relation>>> = { '>': '<', '>=': '<=' };

/** Whether two chains of relations say the same, each step taken as "something < 0", scaled. */
export function sameInequality(a: Rel, b: Rel, context: Context): boolean {
  const [x, y] = [stepsOf(a), stepsOf(b)];
  const isSame_ = x !== null && y !== null && x.length === y.length && x.every((step, i) => step === y[i]);
  return decided(context, isSame_, isSame_ ? 'the same relation' : 'another relation');
}

function stepsOf({ a, ops }: Rel): string[] | null {
  const out: string[] = [];
  for (const [i, op] of ops.entries()) {
    const isTurned = op in turned;
    const [left, right] = isTurned ? [a[i + 1]!, a[i]!] : [a[i]!, a[i + 1]!];
    const form = zeroForm({ k: 'rel', a: [left, right], ops: ['='] });
    if (!form) return null;
    out.push(`${turned[op] ?? op} ${sumKey(op === '=' || op === '!=' ? monic(form) : positive(form))}`);
  }
  return out.sort();
}

/** Scaled so that the first coefficient is 1 or -1; an inequality keeps its sign. */
function positive(sum: Sum): Sum {
  const first = [...sum.keys()].sort()[0];
  if (first === undefined) return sum;
  const { c } = sum.get(first)!;
  return scaled(sum, c.n < 0n ? { n: c.d, d: -c.n } : { n: c.d, d: c.n });
}

function monic(sum: Sum): Sum {
  const out = positive(sum);
  const first = [...out.keys()].sort()[0];
  const isMinus = first !== undefined && isSame(out.get(first)!.c, { n: -1n, d: 1n });
  return isMinus ? scaled(out, multiply({ n: -1n, d: 1n }, ONE)) : out;
}
