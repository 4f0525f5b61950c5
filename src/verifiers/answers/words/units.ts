// Units of measure by their names: what they measure, and how much of it, so that 2.5 mm is 0.25 cm and 5 inches is not 5 feet. What is not in the
// table (meals, students, ways) counts things. Not a physics library: only units that answers to school problems come in.
import type { Rational } from '../../rational.ts';
import { fraction, multiply, ONE, power } from '../exact/fraction.ts';

/** What a unit measures (length^2 is area), and its size in the base unit of that. */
export interface Unit {
  readonly measures: string;
  readonly size: Rational;
}

type Row = readonly [names: string, n: number, d?: number];

const table: Readonly<Record<string, readonly Row[]>> = {
  length: [
    ['m meter meters metre metres', 1],
    ['cm centimeter centimeters centimetre centimetres', 1, 100],
    ['mm millimeter millimeters millimetre millimetres', 1, 1000],
    ['km kilometer kilometers kilometre kilometres', 1000],
    ['in inch inches', 127, 5000],
    ['ft foot feet', 381, 1250],
    ['yd yard yards', 1143, 1250],
    ['mi mile miles', 201168, 125],
  ],
  length2: [
    ['acre acres', 316160658, 78125],
    ['hectare hectares ha', 10000],
  ],
  length3: [
    ['l L liter liters litre litres', 1, 1000],
    ['ml mL milliliter milliliters millilitre millilitres', 1, 1_000_000],
    ['cc', 1, 1_000_000],
  ],
  volume: [
    ['gallon gallons gal', 16],
    ['quart quarts qt', 4],
    ['pint pints pt', 2],
    ['cup cups', 1],
  ],
  mass: [
    ['g gm gram grams', 1],
    ['kg kilogram kilograms', 1000],
    ['mg milligram milligrams', 1, 1000],
    ['lb lbs pound pounds', 45359237, 100000],
    ['oz ounce ounces', 45359237, 1600000],
    ['ton tons', 45359237, 50],
  ],
  time: [
    ['s sec secs second seconds', 1],
    ['min mins minute minutes', 60],
    ['h hr hrs hour hours', 3600],
    ['day days', 86400],
    ['week weeks', 604800],
  ],
  months: [
    ['month months', 1],
    ['year years yr yrs', 12],
    ['decade decades', 120],
    ['century centuries', 1200],
  ],
  money: [
    ['dollar dollars usd us$ bucks', 1],
    ['cent cents penny pennies', 1, 100],
  ],
  euros: [['euro euros eur', 1]],
  sterling: [['sterling gbp', 1]],
  yen: [['yen', 1]],
  rupees: [['rupee rupees', 1]],
  speed: [
    ['mph', 44704, 100000],
    ['kmh kph', 5, 18],
  ],
  angle: [['degree degrees deg', 1]],
  celsius: [['celsius', 1]],
  fahrenheit: [['fahrenheit', 1]],
  radians: [['radian radians rad rads', 1]],
  percentage: [['percent pct', 1]],
  unit: [['unit units', 1]],
};

const units: ReadonlyMap<string, Unit> = new Map(
  Object.entries(table).flatMap(([measures, rows]) =>
    rows.flatMap(([names, n, d = 1]) => names.split(' ').map(name => [name, { measures, size: fraction(BigInt(n), BigInt(d)) }] as const)),
  ),
);

/** Single letters that are a unit when written upright behind a number. */
const letters = new Set(['m', 's', 'g', 'l', 'L', 'h', 'J', 'N', 'W', 'V', 'A', 'C', 'F', 'K']);
export const isUnitLetter = (letter: string): boolean => letters.has(letter);
export const isUnit = (word: string): boolean => units.has(word) || units.has(word.toLowerCase());

const lookUp = (word: string): Unit | undefined => units.get(word) ?? units.get(word.toLowerCase());

const prefixes: Readonly<Record<string, number>> = { square: 2, sq: 2, squared: 2, cubic: 3, cu: 3, cubed: 3 };
/** 25 years old, 5 feet long. */
const manners = new Set(['old', 'long', 'tall', 'wide', 'high', 'deep', 'away', 'each', 'total', 'altogether']);
const speeds = new Set(['per', '/', 'an', 'a']);

/** What the words behind a number mean: a measure, or null when they only count things. */
export function unitOf(words: string, exponent: number): Unit | null {
  const all = words.split(' ').filter(w => !manners.has(w.toLowerCase()));
  const per = all.findIndex((w, i) => i > 0 && speeds.has(w));
  if (per > 0) {
    const rest = all.slice(per).filter(w => !speeds.has(w));
    return quotient(unitOf(all.slice(0, per).join(' '), 1), unitOf(rest.join(' '), exponent)); // m/s^2: the power belongs to what stands before it
  }
  const parts = isTemperature(all) ? all.slice(1) : all;
  const powers = parts.map(w => prefixes[w.toLowerCase()]).filter(n => n !== undefined);
  const names = parts.filter(w => prefixes[w.toLowerCase()] === undefined);
  const unit = names.length === 1 ? lookUp(names[0]!) : undefined;
  if (!unit) return null;
  const raised = powers[0] ?? exponent;
  if (raised === 1) return unit;
  const isLength = unit.measures === 'length';
  return { measures: isLength ? `length${raised}` : `${unit.measures}^${raised}`, size: power(unit.size, BigInt(raised)) };
}

/** degrees Celsius */
const isTemperature = ([first = '', second = '']: readonly string[]): boolean =>
  /^degrees?$/i.test(first) && /^(?:celsius|fahrenheit)$/i.test(second);

function quotient(a: Unit | null, b: Unit | null): Unit | null {
  if (!a || !b) return null;
  const measures = a.measures === 'length' && b.measures === 'time' ? 'speed' : `${a.measures} per ${b.measures}`;
  return { measures, size: multiply(a.size, fraction(b.size.d, b.size.n)) };
}

/** Two counts of things name the same things when one says no more than the other: "18 ways", "18 different ways". */
export function countTheSame(a: string, b: string): boolean {
  const [x, y] = [nouns(a), nouns(b)];
  return x.every(w => y.includes(w)) || y.every(w => x.includes(w));
}

const nouns = (words: string): string[] =>
  words
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter(w => w !== '')
    .map(w => (w.length > 3 ? w.replace(/(?:es|s)$/, '') : w));

export const PLAIN: Unit = { measures: 'count', size: ONE };
