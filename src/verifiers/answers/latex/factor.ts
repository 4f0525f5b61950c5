// One factor of a product: a number (mixed numbers too), a letter, a fraction, a root, a bracket, a function with its argument, a matrix. What
// may stand behind it is read in postfix.ts.
import { scaleOf } from '../words/number-words.ts';
import { isBracketStart, readBracket } from './brackets.ts';
import { greek, separators } from './commands.ts';
import { readFunction } from './functions.ts';
import {
  accents,
  bigOperators,
  binomials,
  divides,
  fractions,
  functions,
  joiners,
  relations,
  setOperators,
  symbols,
  times,
  wordSymbols,
} from './names.ts';
import { fn, type Node, num, sym } from './node.ts';
import { readNumber, readNumeral } from './numbers.ts';
import { readItem, readTerm } from './parse.ts';
import { accept, deeper, expect, type Parser, peek, take, unreadable } from './parser.ts';
import { readPostfix } from './postfix.ts';
import { amountAt, isLetters } from './unit-words.ts';

/** Whether another factor begins here, so that it is multiplied. */
export function startsFactor(p: Parser): boolean {
  const token = peek(p);
  switch (token.t) {
    case 'num':
    case '(':
    case '{':
    case '\\{':
      return true;
    case '[':
      return false;
    case '|':
      return p.bars === 0;
    case 'word':
      return !joiners.has(token.s) && (isLetters(token) || functions.has(token.s) || wordSymbols.has(token.s) || token.s === 'sqrt');
    case 'cmd':
      return ![separators, relations, setOperators, times, divides].some(names => names.has(token.s));
    default:
      return false;
  }
}

export const readFactor = (p: Parser): Node => deeper(p, q => readPostfix(q, readBase(q)));

function readBase(p: Parser): Node {
  const token = peek(p);
  if (token.t === 'num') return readNumber(p);
  if (isBracketStart(p)) return readBracket(p);
  if (token.t === '^' || token.t === '_') return readCombinations(p);
  const amount = amountAt(p);
  if (amount) {
    p.at += amount.length;
    const isNegative = accept(p, '-');
    const a: Node = { k: 'quantity', a: readAmount(p), unit: amount.unit, power: 1 };
    return isNegative ? { k: 'neg', a } : a;
  }
  if (token.t === 'word') return readWord(p);
  return token.t === 'cmd' ? readCommand(p) : unreadable(`${token.t} begins nothing`);
}

/** ^{10}C_3 and _{10}C_3: ten choose three. */
function readCombinations(p: Parser): Node {
  take(p);
  const n = readArgument(p);
  if (take(p).s !== 'C') unreadable('a power of nothing');
  expect(p, '_');
  return fn('binom', n, peek(p).t === 'num' ? readNumeral(p) : readArgument(p));
}

/** $2.5 million. */
function readAmount(p: Parser): Node {
  const amount = readFactor(p);
  const scale = peek(p).t === 'word' ? scaleOf(peek(p).s) : null;
  return scale === null ? amount : take(p) && { k: 'mul', a: [amount, num({ n: scale, d: 1n })] };
}

function readWord(p: Parser): Node {
  const { s } = peek(p);
  if (s === 'sqrt' || functions.has(s)) return readFunction(p, take(p).s);
  if (wordSymbols.has(s)) return sym(wordSymbols.get(take(p).s)!);
  if (joiners.has(s) || !isLetters(peek(p))) unreadable(`the word ${s}`);
  const { spaced, upright } = take(p);
  if (s.length === 1) return readName(p, s);
  // Letters to multiply. What follows (a power, a subscript) belongs to the last one, so that one goes back.
  p.tokens.splice(p.at, 0, { t: 'word', s: s.at(-1)!, spaced, upright });
  const letters: Node[] = [...s.slice(0, -1)].map(sym);
  return { k: 'mul', a: [...letters, readFactor(p)] };
}

const applied = new Set(['f', 'g', 'h', 'F', 'G']);

/** A letter; f(x) is f of x, while x(x+1) is a product. */
function readName(p: Parser, s: string): Node {
  let name = s;
  while (accept(p, "'")) name += "'";
  if (!applied.has(s) || peek(p).t !== '(') return sym(name);
  const argument = readBracket(p);
  return fn(`of ${name}`, ...(argument.k === 'tuple' ? argument.a : [argument]));
}

function readCommand(p: Parser): Node {
  const { s } = take(p);
  if (fractions.has(s)) return readFraction(p);
  if (s === 'sqrt') return readRoot(p);
  if (s === 'surd') return fn('root', readFactorBare(p), num({ n: 2n, d: 1n }));
  if (binomials.has(s)) return fn('binom', readArgument(p), readArgument(p));
  if (functions.has(s) || s === 'operatorname') return readFunction(p, s);
  if (bigOperators.has(s)) return readBigOperator(p, s);
  if (accents.has(s)) return readAccent(p, s);
  if (s === 'mathbb' || s === 'Bbb') return readBlackboard(p);
  if (symbols.has(s)) return sym(symbols.get(s)!);
  if (s === 'prime' || s === 'begin' || s === 'end' || separators.has(s)) unreadable(`\\${s} begins nothing`);
  if (!greek.has(s)) unreadable(`\\${s} is unknown`);
  return sym(s === 'varphi' || s === 'vartheta' || s === 'varepsilon' ? s.slice(3) : s);
}

/** \overset{\frown}{AB} says its mark first. */
function readAccent(p: Parser, s: string): Node {
  if (s === 'overset') readArgument(p);
  return fn(accents.get(s)!, readArgument(p));
}

function readBlackboard(p: Parser): Node {
  const isBraced = accept(p, '{');
  const { s } = take(p);
  if (isBraced) expect(p, '}');
  return sym(`|${s}|`);
}

/** What \frac and friends take: {…}, or one sign: \frac12 is 1/2. */
export function readArgument(p: Parser): Node {
  const token = peek(p);
  if (token.t === '{') return readBracket(p);
  if (token.t === 'num') return readDigit(p);
  if (token.t === 'word' && token.s.length > 1 && !token.upright && !functions.has(token.s) && !wordSymbols.has(token.s)) {
    p.tokens[p.at] = { ...token, s: token.s.slice(1), spaced: false };
    return sym(token.s[0]!);
  }
  return readBase(p);
}

function readDigit(p: Parser): Node {
  const token = peek(p);
  if (token.s.length === 1 || token.upright) return readNumeral(p);
  p.tokens[p.at] = { ...token, s: token.s.slice(1), spaced: false };
  return num({ n: BigInt(token.s[0]!), d: 1n });
}

function readFraction(p: Parser): Node {
  const a = readArgument(p);
  return { k: 'div', a, b: readArgument(p) };
}

/** \sqrt3 and \sqrt{3} and \sqrt[3]{2}; \sqrt12 is meant as the root of 12. */
function readRoot(p: Parser): Node {
  let degree: Node = num({ n: 2n, d: 1n });
  if (accept(p, '[')) {
    degree = readItem(p);
    expect(p, ']');
  }
  return fn('root', readFactorBare(p), degree);
}

const readFactorBare = (p: Parser): Node => (peek(p).t === 'num' ? readNumeral(p) : peek(p).t === '{' ? readBracket(p) : readBase(p));

function readBigOperator(p: Parser, name: string): Node {
  let [lower, upper]: [Node, Node] = [sym('none'), sym('none')];
  for (;;) {
    if (accept(p, '_')) lower = peek(p).t === '{' ? readBracket(p) : readArgument(p);
    else if (accept(p, '^')) upper = readArgument(p);
    else break;
  }
  return fn(name, deeper(p, readTerm), lower, upper);
}
