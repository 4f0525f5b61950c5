// The last resort: two expressions at many points. One clear disagreement rejects. Agreement is accepted only where exact arithmetic could not
// decide, and only if it holds in high precision too: nested roots to the bits of their separation bound (which is a proof), anything else
// to 200 bits at several points. Points follow from the names of the variables, so a verdict never changes.
import type { Rational } from '../../rational.ts';
import { type Budget, within } from '../budget.ts';
import { fraction, toNumber } from '../exact/fraction.ts';
import type { Node } from '../latex/node.ts';
import { variablesOf } from '../latex/substitute.ts';
import { type Complex, complexValue } from './complex.ts';
import { fixedValue } from './fixed.ts';
import { separationBits } from './separation.ts';

export type Probed = 'equal' | 'different' | 'unknown';

/** Sizes of the points tried; negative ones too, and some near 0 and far out. */
const SCALES = [1, -1, 0.25, 3, -3, 7, 0.05, -0.4, 25, 1.5, -11, 90] as const;
const NEEDED = 6;
const CLOSE = 1e-9;
const MARGIN = 1e-7;
const BITS = 260;
const AGREED = 200;
const MOST_BITS = 6000;
const FIXED_POINTS = 3;

/** A value in [0.5, 1.5) for a variable in a round, with few digits. */
function pointOf(name: string, round: number): Rational {
  let hash = 2166136261 ^ (round * 16777619);
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  return fraction(BigInt(500 + ((hash >>> 7) % 1000)) * BigInt(Math.round(SCALES[round % SCALES.length]! * 100)), 100_000n);
}

/** Whether two expressions agree. */
export function probe(a: Node, b: Node, budget: Budget): Probed {
  return within<Probed, Probed>('unknown', () => {
    const names = [...variablesOf(b, variablesOf(a))].sort();
    const rough = roughly(a, b, names, budget);
    if (rough === 'different') return 'different';
    return names.length === 0 ? constantsAgree(a, b, rough === 'equal', budget) : precisely(a, b, names, rough === 'equal', budget);
  });
}

function roughly(a: Node, b: Node, names: readonly string[], budget: Budget): Probed {
  let agreed = 0;
  for (let round = 0; round < (names.length === 0 ? 1 : SCALES.length); round++) {
    const point = new Map(names.map(name => [name, toNumber(pointOf(name, round))]));
    const [x, y] = [complexValue(a, point, budget), complexValue(b, point, budget)];
    if (!isFound(x) || !isFound(y) || isReal(x) !== isReal(y)) continue;
    if (isClose(x, y)) agreed++;
    else if (!isMarginal(x, y)) return 'different';
  }
  return agreed >= (names.length === 0 ? 1 : NEEDED) ? 'equal' : 'unknown';
}

const isFound = ({ re, im }: Complex): boolean =>
  Number.isFinite(re) && Number.isFinite(im) && Math.abs(re) < 1e150 && Math.abs(im) < 1e150;
const isReal = ({ re, im }: Complex): boolean => Math.abs(im) <= 1e-9 * Math.max(1e-30, Math.abs(re));
const isClose = (x: Complex, y: Complex): boolean => {
  const size = Math.max(Math.hypot(x.re, x.im), Math.hypot(y.re, y.im));
  return Math.hypot(x.re - y.re, x.im - y.im) <= CLOSE * size;
};

/** So near that the rounding of doubles may be all the difference: such a point says nothing. */
const isMarginal = (x: Complex, y: Complex): boolean =>
  Math.hypot(x.re - y.re, x.im - y.im) <= MARGIN * Math.max(1, Math.hypot(x.re, x.im));

/** Numbers: nested roots are decided, values with functions must agree to 200 bits. */
function constantsAgree(a: Node, b: Node, isRoughlyEqual: boolean, budget: Budget): Probed {
  const difference: Node = { k: 'add', a: [a, { k: 'neg', a: b }] };
  const proof = separationBits(difference);
  const bits = Math.min(MOST_BITS, Math.max(BITS, Math.ceil(proof ?? 0) + 60));
  const value = fixedValue(difference, { bits, point: new Map(), budget });
  if (value === null) return isRoughlyEqual ? 'equal' : 'unknown';
  return isTiny(value, 1n, bits, bits - 50) ? 'equal' : 'different';
}

function precisely(a: Node, b: Node, names: readonly string[], isRoughlyEqual: boolean, budget: Budget): Probed {
  let agreed = 0;
  for (let round = 0; round < SCALES.length && agreed < FIXED_POINTS; round++) {
    const point = new Map(names.map(name => [name, pointOf(name, round)]));
    const [x, y] = [valueAt(a, point, budget), valueAt(b, point, budget)];
    if (x === null || y === null) continue;
    if (!isTiny(x - y, x, BITS, AGREED)) return 'different';
    agreed++;
  }
  return agreed >= FIXED_POINTS || isRoughlyEqual ? 'equal' : 'unknown';
}

const valueAt = (node: Node, point: ReadonlyMap<string, Rational>, budget: Budget): bigint | null =>
  fixedValue(node, { bits: BITS, point, budget });

/** |difference| below 2^-agreed of the size. */
function isTiny(difference: bigint, size: bigint, bits: number, agreed: number): boolean {
  const magnitude = size < 0n ? -size : size;
  const unit = 1n << BigInt(bits);
  const allowed = (magnitude > unit ? magnitude : unit) >> BigInt(agreed);
  return (difference < 0n ? -difference : difference) <= allowed;
}
