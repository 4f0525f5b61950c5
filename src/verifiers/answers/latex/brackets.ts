// Everything that opens and closes: ( ) [ ] { } \{ \} | | \lfloor \rfloor \langle \rangle, and \begin{…} \end{…} matrices. One thing in round brackets is
// that thing; several make a tuple (or an interval: the brackets are kept). Braces that lost their backslash, {1,2}, make a set.

import { matrices } from './names.ts';
import { type Bracket, fn, type Node, sym } from './node.ts';
import { readItem, readItems } from './parse.ts';
import { accept, acceptCommand, deeper, expect, type Parser, peek, take, unreadable } from './parser.ts';
import { readExponent } from './postfix.ts';

const closers: Readonly<Record<string, Bracket>> = { ')': '(', ']': '[' };
const pairs: ReadonlyMap<string, readonly [close: string, name: string]> = new Map([
  ['lfloor', ['rfloor', 'floor']],
  ['lceil', ['rceil', 'ceil']],
  ['lvert', ['rvert', 'abs']],
  ['lVert', ['rVert', 'norm']],
]);

export function isBracketStart(p: Parser): boolean {
  const { t, s } = peek(p);
  if (t === 'cmd') return pairs.has(s) || s === 'langle' || s === 'lbrace' || s === 'begin';
  return t === '(' || t === '[' || t === '{' || t === '\\{' || t === '|' || t === '\\|';
}

export const readBracket = (p: Parser): Node => deeper(p, readOpened);

function readOpened(p: Parser): Node {
  const { t, s } = take(p);
  if (t === '(' || t === '[') return readGroup(p, t);
  if (t === '{') return readBraces(p);
  if (t === '\\{' || s === 'lbrace') return readSet(p);
  if (t === '|' || t === '\\|') return readBars(p, t);
  if (s === 'langle') return readAngles(p);
  if (s === 'begin') return readEnvironment(p);
  const [close, name] = pairs.get(s)!;
  const inside = readItem(p);
  if (!acceptCommand(p, close)) unreadable(`no \\${close}`);
  return fn(name, inside);
}

/** Bars and colons inside other brackets mean what they mean outside. */
function enclosed<T>(p: Parser, work: () => T): T {
  const [bars, noRatio] = [p.bars, p.noRatio];
  p.bars = 0;
  p.noRatio = 0;
  const out = work();
  p.bars = bars;
  p.noRatio = noRatio;
  return out;
}

function readGroup(p: Parser, open: Bracket): Node {
  let close: Bracket = open;
  const isClose = (q: Parser): boolean => {
    const found = closers[peek(q).t];
    if (found) close = found;
    if (found) take(q);
    return found !== undefined;
  };
  const a = enclosed(p, () => readItems(p, isClose));
  if (a.length === 1 && open === close && (open === '(' || !isContainer(a[0]!))) return a[0]!;
  if (a.length === 0) return open === '[' ? { k: 'tuple', open, close, a } : unreadable('empty brackets');
  return { k: 'tuple', open, close, a };
}

const isContainer = (node: Node): boolean => node.k === 'tuple';

function readAngles(p: Parser): Node {
  const a = enclosed(p, () => readItems(p, q => acceptCommand(q, 'rangle')));
  return { k: 'tuple', open: '<', close: '<', a };
}

/** {…}: grouping, {a \over b}, {n \choose k}, or a set whose backslashes got lost. */
function readBraces(p: Parser): Node {
  return enclosed(p, () => {
    if (accept(p, '}')) return unreadable('empty braces');
    const first = readItem(p);
    const operator = acceptCommand(p, 'over') ? 'over' : acceptCommand(p, 'choose') ? 'choose' : null;
    if (operator) {
      const second = readItem(p);
      expect(p, '}');
      return operator === 'over' ? { k: 'div', a: first, b: second } : fn('binom', first, second);
    }
    if (accept(p, '}')) return first;
    if (!accept(p, ',') && !accept(p, ';')) unreadable('unclosed braces');
    return { k: 'set', a: [first, ...readItems(p, q => accept(q, '}'))] };
  });
}

const closesSet = (p: Parser): boolean => accept(p, '\\}') || acceptCommand(p, 'rbrace');

function readSet(p: Parser): Node {
  if (closesSet(p)) return sym('empty');
  return enclosed(p, () => {
    p.bars = 1;
    p.noRatio = 1;
    const element = readItem(p);
    if (accept(p, '|') || accept(p, ':') || acceptCommand(p, 'mid') || acceptCommand(p, 'colon')) {
      p.bars = 0;
      const condition = readItems(p, closesSet);
      return { k: 'builder', element, condition: condition.length === 1 ? condition[0]! : { k: 'list', a: condition } };
    }
    if (closesSet(p)) return { k: 'set', a: [element] };
    if (!accept(p, ',') && !accept(p, ';')) unreadable('an unclosed set');
    p.bars = 0;
    return { k: 'set', a: [element, ...readItems(p, closesSet)] };
  });
}

function readBars(p: Parser, bar: string): Node {
  p.bars++;
  const inside = readItem(p);
  p.bars--;
  expect(p, bar);
  return fn(bar === '|' ? 'abs' : 'norm', inside);
}

function readEnvironment(p: Parser): Node {
  const name = readName(p);
  if (!matrices.has(name)) unreadable(`\\begin{${name}}`);
  if (name === 'array' && accept(p, '{')) while (!accept(p, '}')) take(p).t === 'end' && unreadable('an unclosed array');
  const rows = enclosed(p, () => readRows(p));
  if (readName(p) !== name) unreadable('environments that do not match');
  const width = rows[0]?.length ?? 0;
  if (width === 0 || rows.some(row => row.length !== width)) unreadable('a ragged matrix');
  const matrix: Node = { k: 'matrix', rows };
  if (name === 'vmatrix' || name === 'Vmatrix') return fn('det', matrix);
  return peek(p).t === '^' ? powerOf(p, matrix) : matrix;
}

function powerOf(p: Parser, a: Node): Node {
  take(p);
  return { k: 'pow', a, b: readExponent(p) };
}

function readName(p: Parser): string {
  expect(p, '{');
  const { s } = take(p);
  expect(p, '}');
  return s;
}

function readRows(p: Parser): Node[][] {
  const rows: Node[][] = [[]];
  for (;;) {
    while (acceptCommand(p, 'hline'));
    if (acceptCommand(p, 'end')) break;
    if (accept(p, '\\\\')) {
      if (accept(p, '[')) while (!accept(p, ']')) take(p).t === 'end' && unreadable('an unclosed row break');
      rows.push([]);
    } else if (!accept(p, '&')) rows.at(-1)!.push(deeper(p, readItem));
  }
  if (rows.at(-1)!.length === 0) rows.pop();
  return rows;
}
