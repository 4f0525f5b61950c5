// What may stand behind a factor: powers, subscripts, factorials, primes, percent and degree signs, and the base of a numeral. What the factor
// itself is stands in factor.ts.
import { readBracket } from './brackets.ts';
import { withMinutes } from './compound-units.ts';
import { readArgument } from './factor.ts';
import { fn, type Node, sym } from './node.ts';
import { readNumeral } from './numbers.ts';
import { accept, acceptCommand, deeper, type Parser, peek, take, unreadable } from './parser.ts';

/** A factor with everything that stands behind it. */
export function readPostfix(p: Parser, base: Node): Node {
  let node = base;
  for (;;) {
    const token = peek(p);
    if (token.t === '^' || token.t === '**') node = angle(p, readPower(p, node));
    else if (token.t === '_') node = readSubscript(p, node);
    else if (token.t === '!') node = fn(take(p) && accept(p, '!') ? 'doublefactorial' : 'factorial', node);
    else if (token.t === '%') node = take(p) && { k: 'percent', a: node };
    else if (token.t === 'cmd' && (token.s === 'degree' || token.s === 'circ')) node = take(p) && angle(p, { k: 'degree', a: node });
    else if (token.t === "'" && node.k === 'fn') node = take(p) && fn('prime', node);
    else return node;
  }
}

/** 20^\circ C is a temperature, 20^\circ 15' is an angle. */
function angle(p: Parser, node: Node): Node {
  const { t, s } = peek(p);
  if (node.k !== 'degree') return node;
  if (t !== 'word' || (s !== 'C' && s !== 'F')) return { ...node, a: withMinutes(p, node.a) };
  take(p);
  return { k: 'quantity', a: node.a, unit: s === 'C' ? 'celsius' : 'fahrenheit', power: 1 };
}

function readPower(p: Parser, a: Node): Node {
  take(p);
  if (acceptCommand(p, 'circ') || acceptCommand(p, 'degree')) return { k: 'degree', a };
  if (acceptCommand(p, 'prime')) return a.k === 'sym' ? sym(`${a.s}'`) : fn('prime', a);
  if (peek(p).t === '{' && peek(p, 1).t === 'cmd' && peek(p, 2).t === '}') {
    const name = peek(p, 1).s;
    if (name === 'circ' || name === 'degree') {
      p.at += 3;
      return { k: 'degree', a };
    }
    if (name === 'prime') {
      p.at += 3;
      return a.k === 'sym' ? sym(`${a.s}'`) : fn('prime', a);
    }
  }
  const side = sideOf(p);
  if (side) return fn(`from ${side}`, a);
  return { k: 'pow', a, b: readExponent(p) };
}

/** 3^+ and 3^{-}: the side a limit comes from. */
function sideOf(p: Parser): string | null {
  const isBraced = peek(p).t === '{';
  const sign = peek(p, isBraced ? 1 : 0).t;
  const after = peek(p, isBraced ? 2 : 1).t;
  if ((sign !== '+' && sign !== '-') || (isBraced ? after !== '}' : after !== 'end' && after !== '}')) return null;
  p.at += isBraced ? 3 : 1;
  return sign;
}

/** x^{2}, x^2, x^10, x^-1, x^(1/2), 2^2^3. */
export function readExponent(p: Parser): Node {
  if (accept(p, '-')) return { k: 'neg', a: readExponent(p) };
  if (accept(p, '+')) return readExponent(p);
  const base = peek(p).t === 'num' ? readNumeral(p) : peek(p).t === '{' ? readBracket(p) : readArgument(p);
  return peek(p).t === '^' || peek(p).t === '**' ? deeper(p, q => readPower(q, base)) : base;
}

function readSubscript(p: Parser, node: Node): Node {
  take(p);
  const index = peek(p).t === 'num' ? readNumeral(p) : readArgument(p);
  if (node.k === 'num') return basedNumeral(node, index);
  if (node.k === 'pow') return { ...node, a: withIndex(node.a, index) };
  return withIndex(node, index);
}

const withIndex = (node: Node, index: Node): Node =>
  node.k === 'sym' && index.k === 'sym' ? sym(`${node.s}_${index.s}`) : fn('index', node, index);

function basedNumeral(node: Node & { k: 'num' }, index: Node): Node {
  const base = index.k === 'num' && index.v.d === 1n ? Number(index.v.n) : 0;
  if (base < 2 || base > 36) unreadable('a base');
  let digits = String(node.v.n);
  if (node.v.d !== 1n) {
    const decimals = node.decimals ?? 0;
    digits = String((node.v.n * 10n ** BigInt(decimals)) / node.v.d).padStart(decimals + 1, '0');
    digits = `${digits.slice(0, digits.length - decimals)}.${digits.slice(-decimals)}`;
  }
  return { k: 'based', digits, base, negative: false };
}
