// Floats as Python's float.hex writes them: every bit crosses, and no decimal rounding comes between. 'nan', 'inf' and '-inf' stand for themselves.

const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};
const FORM = /^(-?)0x([01])(?:\.([0-9a-f]{1,13}))?p([+-]?\d{1,4})$/;

export function hexOfFloat(n: number): string {
  if (Number.isNaN(n)) return 'nan';
  if (!Number.isFinite(n)) return n > 0 ? 'inf' : '-inf';
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, n);
  const sign = bits.getUint8(0) >> 7 ? '-' : '';
  const exponent = (bits.getUint16(0) >> 4) & 0x7ff;
  const fraction = (bits.getBigUint64(0) & 0xfffffffffffffn).toString(16).padStart(13, '0');
  if (exponent === 0 && /^0+$/.test(fraction)) return `${sign}0x0.0p+0`;
  const power = exponent === 0 ? -1022 : exponent - 1023;
  return `${sign}0x${exponent === 0 ? 0 : 1}.${fraction}p${power < 0 ? '' : '+'}${power}`;
}

/** NaN for a text that is no such float. */
export function floatOfHex(text: string): number {
  if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text]!;
  const match = FORM.exec(text);
  if (!match) return Number.NaN;
  const [, sign = '', whole = '0', fraction = '', power = '0'] = match;
  // The mantissa is exact in a double. Scaled in two steps: one power may be below what a double holds while the product is not.
  const mantissa = Number(BigInt(`0x${whole}${fraction.padEnd(13, '0')}`));
  const exponent = Number(power) - 52;
  const half = Math.trunc(exponent / 2);
  const value = mantissa * 2 ** half * 2 ** (exponent - half);
  return sign ? -value : value;
}
