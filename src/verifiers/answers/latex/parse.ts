// Formulas to trees: lists of relations of set expressions of sums of terms. What a factor is stands in factor.ts. A recursive descent with a
// depth and a step limit; the grammar is what final answers look like, not all of LaTeX.
import { type Budget, budgetOf } from '../budget.ts';
import { withSmallerUnit } from './compound-units.ts';
import { readFactor, startsFactor } from './factor.ts';
import { divides, joiners, relations, setOperators, times } from './names.ts';
import { fn, type Node, type Relation } from './node.ts';
import { accept, deeper, isDone, isOneOf, type Parser, peek, take, Unreadable, unreadable } from './parser.ts';
import { type TokenSettings, tokensOf } from './tokens.ts';
import { hasUnitAhead, readUnit } from './unit-words.ts';

const MOST_TOKENS = 1200;

/** The tree of a tidied text; null when it is no formula. */
export function parse(text: string, settings: TokenSettings, budget: Budget = budgetOf(20_000)): Node | null {
  const tokens = tokensOf(text, settings);
  if (!tokens || tokens.length === 0 || tokens.length > MOST_TOKENS) return null;
  const p: Parser = { tokens, at: 0, depth: 0, bars: 0, noRatio: 0, budget };
  try {
    const node = readAnswer(p);
    return isDone(p) ? node : null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** A whole answer: one thing, or a list; "p=5, q=2; p=7, q=2" is a list of lists. */
function readAnswer(p: Parser): Node {
  const groups: Node[][] = [[]];
  let commas = 0;
  for (;;) {
    groups.at(-1)!.push(readItem(p));
    const separator = readSeparator(p);
    if (separator === null) break;
    if (isDone(p)) break;
    if (separator === ';') groups.push([]);
    else commas++;
  }
  const lists = groups.map(g => (g.length === 1 ? g[0]! : ({ k: 'list', a: g } as const)));
  if (lists.length === 1) return lists[0]!;
  return commas === 0 ? { k: 'list', a: groups.flat() } : { k: 'list', a: lists };
}

/** The items up to a closing sign, commas and semicolons alike. */
export function readItems(p: Parser, isClose: (p: Parser) => boolean): Node[] {
  const items: Node[] = [];
  if (isClose(p)) return items;
  for (;;) {
    items.push(deeper(p, readItem));
    if (isClose(p)) return items;
    if (readSeparator(p) === null) unreadable('no separator');
  }
}

/** ",", ";", "and", ", or": which one it was, or null. */
function readSeparator(p: Parser): ',' | ';' | null {
  let found: ',' | ';' | null = null;
  for (let token = peek(p); ; token = peek(p)) {
    const isJoiner = token.t === 'word' && joiners.has(token.s);
    const isSign = token.t === ',' || token.t === ';' || (token.t === 'cmd' && (token.s === 'land' || token.s === 'lor'));
    if (!isJoiner && !isSign) return found;
    found = token.t === ';' || found === ';' ? ';' : ',';
    take(p);
  }
}

/** A relation chain: a < b <= c, x = 5, x in S; or a bare expression. */
export function readItem(p: Parser): Node {
  const parts = [readSets(p)];
  const ops: Relation[] = [];
  for (;;) {
    const op = readRelation(p);
    if (op === null) break;
    ops.push(op);
    parts.push(readSets(p));
  }
  return ops.length === 0 ? parts[0]! : { k: 'rel', a: parts, ops };
}

function readRelation(p: Parser): Relation | null {
  const token = peek(p);
  const isNot = token.t === 'cmd' && token.s === 'not';
  const sign = isNot ? peek(p, 1) : token;
  const found = relations.get(sign.t === 'cmd' ? sign.s : sign.t);
  if (found === undefined) return null;
  p.at += isNot ? 2 : 1;
  return isNot ? (found === '=' ? '!=' : unreadable('a negated relation')) : found;
}

function readSets(p: Parser): Node {
  let left = readRatio(p);
  for (let op = setOperators.get(peek(p).s); op && peek(p).t === 'cmd'; op = setOperators.get(peek(p).s)) {
    take(p);
    left = { k: 'setop', op, a: left, b: readRatio(p) };
  }
  return left;
}

function readRatio(p: Parser): Node {
  const first = readSum(p);
  if (p.noRatio > 0 || peek(p).t !== ':') return first;
  const a = [first];
  while (accept(p, ':')) a.push(readSum(p));
  return { k: 'ratio', a };
}

const isSign = (p: Parser): string | null => {
  const token = peek(p);
  if (token.t === '+' || token.t === '-') return token.t;
  return token.t === 'cmd' && (token.s === 'pm' || token.s === 'mp') ? token.s : null;
};

/** A sum with its signs; ± only remembers which sign comes first. */
export function readSum(p: Parser): Node {
  const terms: Node[] = [];
  for (let sign = isSign(p); sign !== null || terms.length === 0; sign = isSign(p)) {
    if (sign !== null) take(p);
    terms.push(signed(sign, deeper(p, readTerm)));
  }
  return terms.length === 1 ? terms[0]! : { k: 'add', a: terms };
}

function signed(sign: string | null, a: Node): Node {
  if (sign === null || sign === '+') return a;
  if (sign === '-') return { k: 'neg', a };
  return { k: 'pm', upper: sign === 'pm' ? 1 : -1, a };
}

/** A product, with the unit that follows it. */
export function readTerm(p: Parser): Node {
  let left = readSigned(p);
  for (;;) {
    const token = peek(p);
    if (isOneOf(token, times)) {
      take(p);
      left = product(left, readSigned(p));
    } else if (isOneOf(token, divides)) {
      take(p);
      left = { k: 'div', a: left, b: readSigned(p) };
    } else if (token.t === 'cmd' && (token.s === 'bmod' || token.s === 'mod')) {
      take(p);
      left = fn('mod', left, readSigned(p));
    } else if (hasUnitAhead(p, left)) left = withSmallerUnit(p, readUnit(p, left));
    else if (startsFactor(p) && !(token.t === 'num' && left.k === 'num')) left = product(left, readFactor(p));
    else return left;
  }
}

/** A factor after an operator may have a sign of its own: 2 * -3. */
function readSigned(p: Parser): Node {
  if (accept(p, '-')) return { k: 'neg', a: deeper(p, readSigned) };
  if (accept(p, '+')) return deeper(p, readSigned);
  return readFactor(p);
}

const product = (a: Node, b: Node): Node => ({ k: 'mul', a: a.k === 'mul' ? [...a.a, b] : [a, b] });
