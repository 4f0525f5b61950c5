// Functions of real numbers in double precision, by the name they have in the tree. NaN where a function is not defined.
type Real = (...args: number[]) => number;

const isSmallWhole = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= 170;

function product(from: number, to: number, step: number): number {
  let out = 1;
  for (let k = to; k >= from; k -= step) out *= k;
  return out;
}

export const realFunctions: Readonly<Record<string, Real>> = {
  ...{ sin: Math.sin, cos: Math.cos, tan: Math.tan, exp: Math.exp, sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh },
  ...{ arcsin: Math.asin, arccos: Math.acos, arctan: Math.atan, arcsinh: Math.asinh, arccosh: Math.acosh, arctanh: Math.atanh },
  ...{ floor: Math.floor, ceil: Math.ceil, max: Math.max, min: Math.min, sgn: Math.sign },
  cot: x => 1 / Math.tan(x),
  sec: x => 1 / Math.cos(x),
  csc: x => 1 / Math.sin(x),
  coth: x => 1 / Math.tanh(x),
  sech: x => 1 / Math.cosh(x),
  csch: x => 1 / Math.sinh(x),
  arccot: x => Math.PI / 2 - Math.atan(x),
  arcsec: x => Math.acos(1 / x),
  arccsc: x => Math.asin(1 / x),
  arccoth: x => Math.atanh(1 / x),
  arcsech: x => Math.acosh(1 / x),
  arccsch: x => Math.asinh(1 / x),
  ln: x => (x > 0 ? Math.log(x) : Number.NaN),
  log: (x, base = 10) => (x > 0 && base > 0 ? Math.log(x) / Math.log(base) : Number.NaN),
  factorial: n => (isSmallWhole(n) ? product(2, n, 1) : Number.NaN),
  doublefactorial: n => (isSmallWhole(n) ? product(2, n, 2) : Number.NaN),
  binom: (n, k) => (isSmallWhole(n) && isSmallWhole(k) ? (k > n ? 0 : product(n - k + 1, n, 1) / product(2, k, 1)) : Number.NaN),
  gcd: () => Number.NaN,
  lcm: () => Number.NaN,
  mod: (a, b) => ((a % b) + b) % b,
  det: () => Number.NaN,
};
