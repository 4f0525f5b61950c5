// One quantity in two units: 1 hour 30 minutes, 5 feet 6 inches, 12 dollars and 50 cents, and angles in minutes of arc. It becomes one quantity in the
// smaller unit. Two values are one quantity only where the second unit is a part of the first and there is less of it than the first unit has.
import { divide, isWhole, whole } from '../exact/fraction.ts';
import { unitOf } from '../words/units.ts';
import { type Node, num } from './node.ts';
import { readNumeral } from './numbers.ts';
import { type Parser, peek } from './parser.ts';
import { hasUnitAhead, readUnit } from './unit-words.ts';

/** `left` with the smaller units that go on; `left` itself where what follows is no part of it. Looks at each part once. */
export function withSmallerUnit(p: Parser, left: Node): Node {
  let out = left;
  for (let next = partOf(p, out); next !== null; next = partOf(p, out)) out = next;
  return out;
}

function partOf(p: Parser, left: Node): Node | null {
  if (left.k !== 'quantity') return null;
  const isJoined = peek(p).t === 'word' && peek(p).s === 'and';
  if (peek(p, isJoined ? 1 : 0).t !== 'num' || peek(p, isJoined ? 2 : 1).t !== 'word') return null;
  const before = p.at;
  if (isJoined) p.at++;
  const value = readNumeral(p);
  const together = hasUnitAhead(p, value) ? sum(left, readUnit(p, value)) : null;
  if (!together) p.at = before;
  return together;
}

function sum(a: Node & { k: 'quantity' }, b: Node): Node | null {
  const [x, y] = b.k === 'quantity' ? [unitOf(a.unit, a.power), unitOf(b.unit, b.power)] : [null, null];
  if (b.k !== 'quantity' || b.a.k !== 'num' || !x || !y || x.measures !== y.measures) return null;
  const ratio = divide(x.size, y.size);
  if (!isWhole(ratio) || ratio.n < 2n || b.a.v.n >= ratio.n * b.a.v.d) return null;
  return { ...b, a: { k: 'add', a: [{ k: 'mul', a: [a.a, num(ratio)] }, b.a] } };
}

const SIXTY = num(whole(60));

/** 30^\circ 15' 20'': minutes and seconds of arc behind a number of degrees. */
export function withMinutes(p: Parser, degrees: Node): Node {
  const minutes = partAt(p);
  if (!minutes || peek(p, 2).t === "'") return degrees;
  p.at += 2;
  const seconds = partAt(p);
  const isSecond = seconds && (peek(p, 2).t === "'" || peek(p, 1).t === '"');
  if (isSecond) p.at += peek(p, 1).t === '"' ? 2 : 3;
  const part = isSecond ? { k: 'add' as const, a: [minutes, sixtieth(seconds)] } : minutes;
  return { k: 'add', a: [degrees, sixtieth(part)] };
}

const sixtieth = (a: Node): Node => ({ k: 'div', a, b: SIXTY });

/** A whole number with a prime behind it. */
function partAt(p: Parser): Node | null {
  const [value, mark] = [peek(p), peek(p, 1)];
  const isPart = value.t === 'num' && /^[1-5]?\d$/.test(value.s) && (mark.t === "'" || mark.t === '"');
  return isPart ? num(whole(BigInt(value.s))) : null;
}
