// Functions with their arguments: \sin x, \sin 2x, sin(x), \sin^2 x, \sin^{-1} x, \sin \cos x, \log_2 8, sqrt(34), \gcd(a, b). Without brackets the
// argument is the product up to the next sign or function: \sin b \cos a is a product of two.
import { readBracket } from './brackets.ts';
import { readArgument, readFactor, startsFactor } from './factor.ts';
import { functions, inverses } from './names.ts';
import { fn, type Node, num } from './node.ts';
import { accept, expect, isCommand, type Parser, peek, take, unreadable } from './parser.ts';
import { readExponent } from './postfix.ts';

const TWO = num({ n: 2n, d: 1n });

export function readFunction(p: Parser, written: string): Node {
  if (written === 'sqrt') return fn('root', peek(p).t === '(' || peek(p).t === '{' ? readBracket(p) : readFactor(p), TWO);
  const name = functions.get(written === 'operatorname' ? readOperatorName(p) : written) ?? unreadable(`the function ${written}`);
  const base = accept(p, '_') ? readArgument(p) : null;
  const power = accept(p, '^') || accept(p, '**') ? readExponent(p) : null;
  const isInverse = power !== null && inverses.has(name) && isMinusOne(power);
  const a = readArguments(p);
  const call = fn(isInverse ? `arc${name}` : name, ...a, ...(base ? [base] : []));
  return power === null || isInverse ? call : { k: 'pow', a: call, b: power };
}

function readOperatorName(p: Parser): string {
  const isBraced = accept(p, '{');
  const { s } = take(p);
  if (isBraced) expect(p, '}');
  return s;
}

const isMinusOne = (node: Node): boolean => node.k === 'neg' && node.a.k === 'num' && node.a.v.n === 1n && node.a.v.d === 1n;

function readArguments(p: Parser): readonly Node[] {
  if (peek(p).t === '(' || peek(p).t === '{' || peek(p).t === '[') {
    const inside = readBracket(p);
    return inside.k === 'tuple' || inside.k === 'set' ? inside.a : [inside];
  }
  const factors: Node[] = [];
  if (accept(p, '-')) return [{ k: 'neg', a: readArguments(p)[0]! }];
  while (startsFactor(p) && !(factors.length > 0 && startsFunction(p))) {
    if (factors.length > 0 && peek(p).t === '(') break;
    const isLast = startsFunction(p);
    factors.push(readFactor(p));
    if (isLast) break;
  }
  if (factors.length === 0) unreadable('a function of nothing');
  return [factors.length === 1 ? factors[0]! : { k: 'mul', a: factors }];
}

const startsFunction = (p: Parser): boolean => isCommand(peek(p), functions) || (peek(p).t === 'word' && functions.has(peek(p).s));
