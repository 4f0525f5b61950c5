// Values with what they are measured in: percent, degrees, money, units, the base of a numeral. Each side is taken apart into a value and a measure;
// the conventions say when a missing measure is forgiven, mathematics says when two measures are the same quantity.
import type { Rational } from '../../rational.ts';
import { whole } from '../exact/fraction.ts';
import { rationalValue } from '../exact/quotient.ts';
import { type Node, num, some } from '../latex/node.ts';
import { variablesOf } from '../latex/substitute.ts';
import { scaleOf } from '../words/number-words.ts';
import { countTheSame, isUnitLetter, type Unit, unitOf } from '../words/units.ts';
import { type Context, decided } from './context.ts';
import { exactValue, sameExpression } from './expressions.ts';

type Measured =
  | { readonly kind: 'plain' | 'percent' | 'degree'; readonly value: Node }
  | { readonly kind: 'unit'; readonly value: Node; readonly words: string; readonly unit: Unit | null }
  | { readonly kind: 'based'; readonly value: Node; readonly digits: string };

/** Whether two scalars are the same quantity under the conventions. */
export function sameScalar(a: Node, b: Node, context: Context): boolean {
  const [x, y] = [measured(a), measured(b)];
  if (x.kind === 'based' || y.kind === 'based') return sameNumeral(x, y, context);
  if (x.kind === 'percent' || y.kind === 'percent') return samePercent(x, y, context);
  if (x.kind === 'degree' || y.kind === 'degree') return sameAngle(x, y, context);
  if (x.kind === 'unit' && y.kind === 'unit') return sameUnits(x, y, context);
  if (x.kind === 'unit' || y.kind === 'unit') return withoutUnit(x, y, context);
  const [p, q] = [x.value, y.value];
  return sameExpression(p, q, context) || sameWithUnitLetter(p, q, context) || sameWithoutDegrees(p, q, context);
}

function measured(node: Node): Measured {
  switch (node.k) {
    case 'neg': {
      const inside = measured(node.a);
      if (inside.kind === 'based') return { ...inside, digits: `-${inside.digits}`, value: { k: 'neg', a: inside.value } };
      return inside.kind === 'plain' ? { kind: 'plain', value: node } : { ...inside, value: { k: 'neg', a: inside.value } };
    }
    case 'percent':
      return { kind: 'percent', value: node.a };
    case 'degree':
      return { kind: 'degree', value: node.a };
    case 'quantity':
      return unitMeasure(node.a, node.unit, node.power);
    case 'based':
      return { kind: 'based', value: node, digits: trimmed(node.digits) };
    default:
      return { kind: 'plain', value: node };
  }
}

/** "900 million", "2 million dollars": words that are numbers multiply. */
function unitMeasure(value: Node, words: string, power: number): Measured {
  const [first = '', ...rest] = words.split(' ');
  const scale = scaleOf(first);
  if (scale !== null) {
    const scaled: Node = { k: 'mul', a: [value, num(whole(scale))] };
    return rest.length === 0 ? { kind: 'plain', value: scaled } : unitMeasure(scaled, rest.join(' '), power);
  }
  const unit = unitOf(words, power);
  if (unit?.measures === 'angle') return { kind: 'degree', value };
  if (unit?.measures === 'percentage') return { kind: 'percent', value };
  return { kind: 'unit', value, words: power === 1 ? words : `${words}^${power}`, unit };
}

const trimmed = (digits: string): string =>
  (digits.includes('.') ? digits.replace(/0+$/, '').replace(/\.$/, '') : digits).replace(/^0+(?=\d)/, '').toUpperCase();

function sameNumeral(x: Measured, y: Measured, context: Context): boolean {
  if (x.kind === 'based' && y.kind === 'based') return sameExpression(x.value, y.value, context);
  const [based, other] = x.kind === 'based' ? [x, y] : [y as Measured & { kind: 'based' }, x];
  if (context.conventions.bases === 'required' || other.kind !== 'plain')
    return decided(context, false, 'one names a base, the other does not');
  const value = decimalDigits(other.value);
  return decided(context, value === based.digits, value === based.digits ? 'same digits, the base left out' : 'other digits');
}

/** The digits of a plain number as they would stand in any base. */
function decimalDigits(node: Node): string | null {
  if (node.k === 'neg') {
    const inside = decimalDigits(node.a);
    return inside && `-${inside}`;
  }
  if (node.k === 'mul') return digitLetters(node.a);
  if (node.k !== 'num') return null;
  const decimals = node.decimals ?? 0;
  const scaled = node.v.n * 10n ** BigInt(decimals);
  if (scaled % node.v.d !== 0n) return null;
  const digits = String(scaled / node.v.d).padStart(decimals + 1, '0');
  return trimmed(decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`);
}

/** 152A without its base was read as 152 times A. */
function digitLetters([first, ...rest]: readonly Node[]): string | null {
  const isNumeral = first?.k === 'num' && first.v.d === 1n && rest.every(a => a.k === 'sym' && /^[A-Z]$/.test(a.s));
  return isNumeral ? String(first.v.n) + rest.map(a => (a.k === 'sym' ? a.s : '')).join('') : null;
}

const hundredth = (value: Node): Node => ({ k: 'div', a: value, b: num(whole(100)) });

function samePercent(x: Measured, y: Measured, context: Context): boolean {
  if (x.kind === y.kind) return sameExpression(x.value, y.value, context);
  const [percent, other] = x.kind === 'percent' ? [x, y] : [y, x];
  if (other.kind !== 'plain') return decided(context, false, 'a percentage and a quantity');
  const { percent: rule } = context.conventions;
  if (rule !== 'number' && sameExpression(hundredth(percent.value), other.value, context)) return true;
  if (rule === 'value' || (rule === 'either' && !isAboveOne(percent.value)))
    return decided(context, false, 'the percentage is another value');
  return sameExpression(percent.value, other.value, context) && decided(context, true, 'the same number of percent, without the sign');
}

function isAboveOne(node: Node): boolean {
  const exact = exactValue(node);
  const value = exact && rationalValue(exact);
  return value !== null && value !== undefined && (value.n > value.d || -value.n > value.d);
}

function sameAngle(x: Measured, y: Measured, context: Context): boolean {
  if (x.kind === y.kind) return sameExpression(x.value, y.value, context);
  const [angle, other] = x.kind === 'degree' ? [x, y] : [y, x];
  const isRadians = other.kind === 'unit' && other.unit?.measures === 'radians';
  if (
    isRadians ||
    (other.kind === 'plain' && some(other.value, n => (n.k === 'sym' && n.s === 'pi') || (n.k === 'fn' && n.f.startsWith('arc'))))
  )
    return sameExpression({ k: 'degree', a: angle.value }, other.value, context);
  if (other.kind !== 'plain' || context.conventions.degrees === 'required') return decided(context, false, 'only one is in degrees');
  return sameExpression(angle.value, withoutDegrees(other.value), context) && decided(context, true, 'equal, the degree sign left out');
}

function sameUnits(x: Measured & { kind: 'unit' }, y: Measured & { kind: 'unit' }, context: Context): boolean {
  if (context.conventions.units === 'ignored') return sameExpression(x.value, y.value, context);
  if (x.unit && y.unit) {
    if (x.unit.measures !== y.unit.measures) {
      const isGeneric = isGenericOf(x.unit, y.unit) || isGenericOf(y.unit, x.unit) || arePounds(x, y) || arePounds(y, x);
      return isGeneric
        ? sameExpression(x.value, y.value, context)
        : decided(context, false, `${x.words} and ${y.words} measure different things`);
    }
    return sameExpression(times(x.value, x.unit.size), times(y.value, y.unit.size), context);
  }
  const isSameThing = !x.unit && !y.unit && countTheSame(x.words, y.words);
  return isSameThing ? sameExpression(x.value, y.value, context) : decided(context, false, `${x.words} is not ${y.words}`);
}

/** "units" and "square units" stand for whatever lengths are measured in. */
const isGenericOf = (a: Unit, b: Unit): boolean =>
  (a.measures === 'unit' && b.measures === 'length') || (a.measures.startsWith('unit^') && b.measures === `length${a.measures.slice(5)}`);

/** £20 and 20 pounds. */
const arePounds = (a: Measured & { kind: 'unit' }, b: Measured & { kind: 'unit' }): boolean =>
  a.unit?.measures === 'sterling' && /^pounds?$/i.test(b.words);

const times = (value: Node, size: Rational): Node => (size.n === size.d ? value : { k: 'mul', a: [value, num(size)] });

function withoutUnit(x: Measured, y: Measured, context: Context): boolean {
  const [unit, other] = x.kind === 'unit' ? [x, y] : [y as Measured & { kind: 'unit' }, x];
  const isMoney = unit.unit !== null && money.has(unit.unit.measures);
  const rule = isMoney ? context.conventions.currency : context.conventions.units;
  if (rule === 'required') return decided(context, false, 'only one has a unit');
  if (other.kind !== 'plain') return decided(context, false, 'measured in different things');
  if (sameExpression(unit.value, other.value, context)) return decided(context, true, 'equal, the unit left out');
  return sameWithUnitLetter(
    { k: 'quantity', a: unit.value, unit: unit.words.split('^')[0]!, power: Number(unit.words.split('^')[1] ?? 1) },
    other.value,
    context,
  );
}

const money = new Set(['money', 'euros', 'sterling', 'yen', 'rupees']);

/** 3s for 3, 144m^3 for 144 cubic metres: a letter that can be a unit behind a number, where the other side has no letters. */
function sameWithUnitLetter(a: Node, b: Node, context: Context): boolean {
  const [x, y] = [withUnitLetter(a), withUnitLetter(b)];
  if ((x === null) === (y === null)) return false;
  const [letter, other] = x ? [x, b] : [y!, a];
  if (variablesOf(other).size > 0) return false;
  return sameScalar(letter, other, context);
}

function withUnitLetter(node: Node): Node | null {
  const last = node.k === 'mul' && node.a.length === 2 ? node.a[1]! : null;
  const [letter, power] = last?.k === 'pow' ? [last.a, last.b.k === 'num' ? Number(last.b.v.n) : 0] : [last, 1];
  if (
    node.k !== 'mul' ||
    letter?.k !== 'sym' ||
    !isUnitLetter(letter.s) ||
    letter.s !== letter.s.toLowerCase() ||
    power < 1 ||
    power > (letter.s === 'm' ? 3 : 1)
  )
    return null;
  return node.a[0]!.k === 'num' ? { k: 'quantity', a: node.a[0]!, unit: letter.s, power } : null;
}

/** 90 - x for 90° - x. */
function sameWithoutDegrees(a: Node, b: Node, context: Context): boolean {
  if (context.conventions.degrees === 'required' || !(hasDegrees(a) || hasDegrees(b))) return false;
  return sameExpression(withoutDegrees(a), withoutDegrees(b), context) && decided(context, true, 'equal, the degree sign left out');
}

const hasDegrees = (node: Node): boolean => node.k === 'add' && node.a.some(a => a.k === 'degree' || (a.k === 'neg' && a.a.k === 'degree'));

function withoutDegrees(node: Node): Node {
  if (node.k === 'degree') return node.a;
  if (node.k === 'neg') return { k: 'neg', a: withoutDegrees(node.a) };
  return node.k === 'add' ? { k: 'add', a: node.a.map(withoutDegrees) } : node;
}
