// exp, ln, sin, cos, arctan and pi in BigInt fixed point, by their series after the argument was made small. A few last bits are wrong; callers ask for
// more than they compare.
import { OverBudget } from '../budget.ts';
import { floorRoot } from '../exact/factor.ts';
import { absolute } from '../exact/fraction.ts';

const constants = new Map<string, bigint>();

function kept(name: string, bits: number, work: () => bigint): bigint {
  const key = `${name} ${bits}`;
  const there = constants.get(key);
  if (there !== undefined) return there;
  if (constants.size > 64) constants.clear();
  const out = work();
  constants.set(key, out);
  return out;
}

/** pi * 2^bits, by Machin's formula. */
export const pi = (bits: number): bigint =>
  kept('pi', bits, () => (16n * inverseArctangent(5n, bits + 20) - 4n * inverseArctangent(239n, bits + 20)) >> 20n);

/** arctan(1/n). */
function inverseArctangent(n: bigint, bits: number): bigint {
  let term = (1n << BigInt(bits)) / n;
  let out = term;
  for (let k = 3n; term !== 0n; k += 2n) {
    term = -term / (n * n);
    out += term / k;
  }
  return out;
}

const lnOf2 = (bits: number): bigint => kept('ln2', bits, () => smallLogarithm(2n << BigInt(bits), bits));

const HALVINGS = 8n;

/** e^x; beyond 2^2000 it gives up. */
export function exponential(x: bigint, bits: number): bigint {
  const turns = x / lnOf2(bits);
  if (absolute(turns) > 2000n) throw new OverBudget('a power is too long');
  const extra = bits + 24;
  const small = ((x - turns * lnOf2(bits)) << 24n) >> HALVINGS;
  let term = 1n << BigInt(extra);
  let out = term;
  for (let k = 1n; term !== 0n && k < 2000n; k++) {
    term = (term * small) / (k << BigInt(extra));
    out += term;
  }
  for (let k = 0n; k < HALVINGS; k++) out = (out * out) >> BigInt(extra);
  const shift = Number(turns) - 24;
  return shift >= 0 ? out << BigInt(shift) : out >> BigInt(-shift);
}

/** ln x for x > 0: powers of two taken out. */
export function logarithm(x: bigint, bits: number): bigint {
  const shift = x.toString(2).length - 1 - bits;
  const small = shift >= 0 ? x >> BigInt(shift) : x << BigInt(-shift);
  return smallLogarithm(small, bits) + BigInt(shift) * (shift === 0 ? 0n : lnOf2(bits));
}

/** ln x for x near 1: roots until it is very near, then 2 artanh((x - 1) / (x + 1)). */
function smallLogarithm(x: bigint, bits: number): bigint {
  const extra = bits + 40;
  const one = 1n << BigInt(extra);
  let near = x << 40n;
  for (let k = 0; k < 8; k++) near = floorRoot(near << BigInt(extra), 2);
  const ratio = ((near - one) << BigInt(extra)) / (near + one);
  const square = (ratio * ratio) >> BigInt(extra);
  let term = ratio;
  let out = term;
  for (let k = 3n; term !== 0n; k += 2n) {
    term = (term * square) >> BigInt(extra);
    out += term / k;
    if (term === -1n) break;
  }
  return (out << 9n) >> 40n;
}

/** sin x: whole turns taken out, the angle divided by 2^8 and doubled back through cos and sin. */
export const sine = (x: bigint, bits: number): bigint => turned(x, bits).sin;
export const cosine = (x: bigint, bits: number): bigint => turned(x, bits).cos;

function turned(x: bigint, bits: number): { sin: bigint; cos: bigint } {
  const extra = bits + 40;
  const b = BigInt(extra);
  const full = 2n * pi(extra);
  const angle = ((x << 40n) % full) >> HALVINGS;
  let [sin, cos, term] = [0n, 0n, 1n << b];
  for (let k = 1n; term !== 0n && k < 2000n; k++) {
    if (k % 2n === 1n) cos += k % 4n === 1n ? term : -term;
    else sin += k % 4n === 2n ? term : -term;
    term = (term * angle) / (k << b);
  }
  for (let k = 0n; k < HALVINGS; k++) [sin, cos] = [(2n * sin * cos) >> b, (cos * cos - sin * sin) >> b];
  return { sin: sin >> 40n, cos: cos >> 40n };
}

/** arctan x: the angle halved until its tangent is small. */
export function arctangent(x: bigint, bits: number): bigint {
  const extra = bits + 40;
  const one = 1n << BigInt(extra);
  let near = x << 40n;
  for (let k = 0; k < 6; k++) near = (near << BigInt(extra)) / (one + floorRoot(one * one + near * near, 2));
  const square = (near * near) >> BigInt(extra);
  let term = near;
  let out = term;
  for (let k = 3n; term !== 0n && term !== -1n; k += 2n) {
    term = -((term * square) >> BigInt(extra));
    out += term / k;
  }
  return (out << 6n) >> 40n;
}
